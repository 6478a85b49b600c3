/*
 * ops_delivery: deliveries that wait, failed or are missing, for operators.
 *
 * Runs as the owner of the tables, like ops.h.  A delivery is known by the id
 * of the event that it becomes.  A telling (a delivery that tells of a known
 * event with other content) becomes no event and has an id of its own.
 */
#ifndef APP_REPO_OPS_DELIVERY_H
#define APP_REPO_OPS_DELIVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "app/domain/status.h"
#include "lib/buf.h"
#include "lib/err.h"

struct arena;
struct db;
struct sweep_days;

struct ops_delivery {
	const char	*id;
	const char	*tenant;	/* the tenant's name */
	const char	*user_id;	/* NULL: erased */
	const char	*kind;		/* NULL: unreadable */
	const char	*received_at;
	enum delivery_state state;	/* a list tells only where it waits; a
					 * search by id also the outcome */
	int64_t		 tries;
	const char	*next_run_at;
	const char	*error;
	/* Set only by ops_delivery_find(). */
	const char	*tenant_id;
	const char	*flaw;		/* why it was unreadable */
	const char	*event_type;	/* NULL: no event yet */
	enum event_outcome outcome;
	const char	*occurred_at;
	const char	*seq;		/* decimal number in the feed */
	int64_t		 size;
	struct bytes	 body;		/* p NULL: not asked for */
	const char	*telling_of;	/* the event of which it tells again;
					 * NULL: it has its own */
};

/* How far background work and retention have come. */
struct ops_backlog {
	int64_t		 waiting;	/* never tried yet; counted up to
					 * POLICY_BACKLOG_MOST */
	int64_t		 age;		/* in seconds, of the oldest one */
	int64_t		 parked;
	int64_t		 missing;	/* of those that retention keeps */
	bool		 stale_deliveries;	/* some kept a day too long */
	bool		 stale_events;
	bool		 stale_meetings;
};

/* How many deliveries of one tenant will be tried again. */
struct ops_retried {
	const char	*tenant_id;
	int64_t		 n;
};

/*
 * Lists deliveries.  "parked": only those that wait for a person, parked or
 * missing.
 */
enum cal_err	ops_delivery_list(struct db *, struct arena *,
		    const char *tenant, bool parked, int limit,
		    struct ops_delivery **, int *n) ERR_CHECK;
enum cal_err	ops_delivery_find(struct db *, struct arena *, const char *id,
		    bool body, struct ops_delivery *) ERR_CHECK;
/*
 * Makes deliveries due now if they are queued, missing or flagged, and forgets
 * all their failed tries but the first.  Other deliveries are left alone.
 */
enum cal_err	ops_delivery_retry(struct db *, struct arena *,
		    const char *const *ids, struct ops_retried **, int *n)
		    ERR_CHECK;
/* "keep": for how long rows are kept. */
enum cal_err	ops_backlog(struct db *, struct arena *,
		    const struct sweep_days *keep, struct ops_backlog *)
		    ERR_CHECK;

#endif
