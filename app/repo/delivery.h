/*
 * delivery: webhook requests as they came, and the queue to apply them.
 */
#ifndef APP_REPO_DELIVERY_H
#define APP_REPO_DELIVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "app/domain/status.h"
#include "lib/buf.h"
#include "lib/err.h"

struct arena;
struct db;
struct tx;

/* What an endpoint tells before the body is read. */
struct endpoint {
	const char	*id;
	bool		 retired;
	struct bytes	 signing_key_sealed;	/* p NULL: the app's */
	/* To be noted, if it refuses a delivery: */
	bool		 note_refused;	/* that it did */
	bool		 note_wrong;	/* that the signature was wrong */
};

struct delivery {
	const char	*id;
	const char	*tenant_id;
	const char	*connection_id;
	const char	*user_id;
	const char	*received_at;
	const char	*event_id;	/* that it becomes */
	const char	*kind;		/* NULL: could not be read */
	const char	*flaw;		/* why not */
	struct bytes	 body;
	int		 tries;		/* that failed */
	const char	*telling_of;	/* event that this tells of once more,
					 * with other content; NULL: it becomes
					 * an event of its own */
	const char	*due;		/* since when */
};

/*
 * How far somebody has taken the queue.  Begins as all zeros: at the beginning
 * of the queue.
 */
struct delivery_place {
	char		 since[64];	/* when what it took last was due */
	int64_t		 look_again;	/* from the beginning, then */
	int64_t		 postpone_again;	/* the same, at most then */
};

struct delivery_new {
	struct bytes	 endpoint;	/* its hash */
	struct bytes	 known;		/* by what, among its connection's */
	const char	*about;		/* id of the scheduled event, or NULL */
	const char	*kind;
	const char	*flaw;
	int		 signed_with;	/* which candidate key */
	struct bytes	 body;
};

/* What became of one of a batch, as delivery_store (SQL) tells it. */
enum delivery_fate {
	DELIVERY_STORED = 's',
	DELIVERY_KNOWN = 'k',		/* stored already */
	DELIVERY_RETOLD = 't',		/* event known, other body: stored */
	DELIVERY_UNKEPT = 'f',		/* the same, but the event has as many
					 * bodies as may be stored */
	DELIVERY_UNKNOWN = 'u',		/* no such endpoint */
	DELIVERY_RETIRED = 'r',		/* the endpoint is */
};

/* One indexed read, before the tenant is known. */
enum cal_err	endpoint_meet(struct db *, struct arena *, struct bytes hash,
		    struct endpoint *) ERR_CHECK;
/*
 * Store a batch, each once.  Committed when it returns CAL_OK, all of it, with
 * a fate for each; else nothing of it is stored.  Safe to repeat.
 */
enum cal_err	ingest_store(struct db *, struct arena *,
		    const struct delivery_new *, size_t n,
		    enum delivery_fate *) ERR_CHECK;

/*
 * Take a batch of what is due, first what was due first, locked until the open
 * transaction ends; then, with their tenant set, one of the others.  What is
 * due since before "place" may be found some seconds later.
 */
enum cal_err	delivery_take(struct db *, struct arena *,
		    struct delivery_place *, int most, int most_bytes,
		    struct delivery **, int *n) ERR_CHECK;
enum cal_err	delivery_mark_done(struct tx *,
		    const char *const *ids, int n) ERR_CHECK;
/* What became of tellings, by "event_id". */
enum cal_err	delivery_mark_told(struct tx *,
		    const char *const *ids, const enum event_outcome *,
		    int n) ERR_CHECK;
/* Tried again later; parked after "most" tries. */
enum cal_err	delivery_mark_failed(struct tx *, const char *id,
		    const char *error, int most) ERR_CHECK;
/* Not tried: taken again in so many seconds. */
enum cal_err	delivery_put_back(struct tx *, const char *const *ids, int n,
		    int seconds) ERR_CHECK;
/*
 * In no transaction, when a batch of "most" found none: if that is because
 * somebody holds all the connections that a take looks at, their deliveries
 * are put off, so that it sees what is behind them.  Once a second at most,
 * for it looks from the beginning of the queue.
 */
enum cal_err	delivery_postpone(struct db *, struct arena *,
		    struct delivery_place *, int most, int seconds,
		    int64_t *moved) ERR_CHECK;

#endif
