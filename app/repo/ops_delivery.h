/*
 * ops_delivery: deliveries that wait, failed or are missing, for operators.
 *
 * For the owner of the tables, as ops.h.  A delivery is known by the id of
 * the event that it becomes; a telling, which becomes none, by one of its own.
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

struct ops_delivery {
	const char	*id;
	const char	*tenant;	/* its name */
	const char	*user_id;	/* NULL: erased */
	const char	*kind;		/* NULL: could not be read */
	const char	*received_at;
	enum delivery_state	 state;	/* found by id: also what it became */
	int64_t		 tries;
	const char	*next_run_at;
	const char	*error;
	/* Of one found by its id alone. */
	const char	*tenant_id;
	const char	*flaw;		/* why it could not be read */
	const char	*event_type;	/* NULL: no event yet */
	enum event_outcome	 outcome;
	const char	*occurred_at;
	const char	*seq;		/* its number in the feed, decimal */
	int64_t		 size;
	struct bytes	 body;		/* p NULL: not asked for */
	const char	*telling_of;	/* event that it tells of again; NULL:
					 * it has one of its own */
};

/* How background work and retention stand. */
struct ops_backlog {
	int64_t		 waiting;	/* never tried; see POLICY_BACKLOG_MOST */
	int64_t		 age;		/* seconds, of the oldest of them */
	int64_t		 parked;
	int64_t		 missing;	/* of what retention still keeps */
	bool		 stale_deliveries;	/* kept a day too long */
	bool		 stale_events;
};

/* What was asked to be tried again, for one tenant. */
struct ops_retried {
	const char	*tenant_id;
	int64_t		 n;
};

/* "parked": only what waits for a person: parked or missing. */
enum cal_err	ops_delivery_list(struct db *, struct arena *,
		    const char *tenant, bool parked, int limit,
		    struct ops_delivery **, int *n) ERR_CHECK;
enum cal_err	ops_delivery_find(struct db *, struct arena *, const char *id,
		    bool body, struct ops_delivery *) ERR_CHECK;
/*
 * Now, and with all tries before it but the first; those that are neither in
 * the queue nor missing are passed over.
 */
enum cal_err	ops_delivery_retry(struct db *, struct arena *,
		    const char *const *ids, struct ops_retried **, int *n)
		    ERR_CHECK;
enum cal_err	ops_backlog(struct db *, struct arena *, int delivery_days,
		    int event_days, struct ops_backlog *) ERR_CHECK;

#endif
