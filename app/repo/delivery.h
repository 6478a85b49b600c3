/*
 * delivery: webhook requests as they came, and the queue of those that are not
 * applied yet.
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

/* What is known of an endpoint before the body is read. */
struct endpoint {
	const char	*id;
	bool		 retired;
	struct bytes	 signing_key_sealed;	/* p NULL: none of its
						 * own, the app's is used */
	/*
	 * What must be noted if the endpoint refuses a delivery.  Both are
	 * false if the endpoint's row says it already, for this hour.
	 */
	bool		 note_refused;	/* that it refused one */
	bool		 note_wrong;	/* that the signature was wrong */
};

struct delivery {
	const char	*id;
	const char	*tenant_id;
	const char	*connection_id;
	const char	*user_id;
	const char	*received_at;
	const char	*event_id;	/* of the event that it becomes */
	const char	*kind;		/* NULL: the body was unreadable */
	const char	*flaw;		/* why it was unreadable */
	struct bytes	 body;
	int		 tries;		/* tries that failed */
	const char	*telling_of;	/* NULL: it becomes an event of its own;
					 * else the event about which it tells
					 * other content */
	const char	*due;		/* since when it may be applied */
};

/*
 * How far a runner has come in the queue.  All zero bytes: it starts at the
 * beginning.
 */
struct delivery_place {
	char		 since[64];	/* due time of the last batch */
	int64_t		 look_again;	/* clock_ms() of the next look from the
					 * queue's beginning */
	int64_t		 postpone_again;	/* clock_ms() of the next
						 * postponing, at the
						 * earliest */
};

struct delivery_new {
	struct bytes	 endpoint;	/* hash of the endpoint */
	struct bytes	 known;		/* identity within its connection */
	const char	*about;		/* id of the scheduled event, or NULL */
	const char	*kind;
	const char	*flaw;
	int		 signed_with;	/* number of the candidate key */
	struct bytes	 body;
};

/*
 * What became of each delivery of a batch; the letters come from the SQL
 * function delivery_store().
 */
enum delivery_fate {
	DELIVERY_STORED = 's',
	DELIVERY_KNOWN = 'k',		/* it was stored before */
	DELIVERY_RETOLD = 't',		/* stored: another body of a known
					 * event */
	DELIVERY_UNKEPT = 'f',		/* not stored: the event has as many
					 * bodies already as may be stored */
	DELIVERY_UNKNOWN = 'u',		/* no such endpoint */
	DELIVERY_RETIRED = 'r',		/* the endpoint is retired */
};

/*
 * Finds an endpoint by its hash, with one indexed read, before the tenant is
 * known.
 */
enum cal_err	endpoint_meet(struct db *, struct arena *, struct bytes hash,
		    struct endpoint *) ERR_CHECK;
/*
 * Stores a batch, each delivery once.  CAL_OK: all of it is committed, and each
 * delivery's fate says what was done with it.  On an error nothing is stored.
 * May be repeated.
 */
enum cal_err	ingest_store(struct db *, struct arena *,
		    const struct delivery_new *, size_t n,
		    enum delivery_fate *) ERR_CHECK;

/*
 * Takes a batch of deliveries that are due, the longest due first, and locks
 * them until the open transaction ends; call the functions below with the
 * tenant of the deliveries set.  The search starts at "place"; deliveries that
 * became due before it may be found some seconds later.
 */
enum cal_err	delivery_take(struct db *, struct arena *,
		    struct delivery_place *, int most, int most_bytes,
		    struct delivery **, int *n) ERR_CHECK;
enum cal_err	delivery_mark_done(struct tx *,
		    const char *const *ids, int n) ERR_CHECK;
/* Stores the outcome of each of "n" tellings; "ids" are their event ids. */
enum cal_err	delivery_mark_told(struct tx *,
		    const char *const *ids, const enum event_outcome *,
		    int n) ERR_CHECK;
/*
 * Notes a failed try.  The delivery is tried again later, or parked after
 * "most" tries.
 */
enum cal_err	delivery_mark_failed(struct tx *, const char *id,
		    const char *error, int most) ERR_CHECK;
/*
 * Puts deliveries back without counting a try; they are due again in so many
 * seconds.
 */
enum cal_err	delivery_put_back(struct tx *, const char *const *ids, int n,
		    int seconds) ERR_CHECK;
/*
 * Call this outside of a transaction when delivery_take() with the same "most"
 * found nothing.  If others hold the connections of all deliveries that it
 * looked at, those of the first one's tenant are postponed by so many seconds,
 * so that it sees those behind them.  Does nothing more than once a second,
 * because it looks from the beginning of the queue.
 */
enum cal_err	delivery_postpone(struct db *, struct arena *,
		    struct delivery_place *, int most, int seconds,
		    int64_t *moved) ERR_CHECK;

#endif
