/*
 * feed: a tenant's events in one order, by their numbers.
 */
#ifndef APP_REPO_FEED_H
#define APP_REPO_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "app/repo/event.h"
#include "lib/err.h"

struct arena;
struct db;
struct tx;

/* What a reader asks for. */
struct feed_query {
	int64_t			 after;
	bool			 from_start;	/* "after" is 0, no position */
	const char		*user_id;	/* NULL: of all users */
	const char *const	*types;		/* NULL: of all types */
	int			 limit;
};

struct feed_page {
	struct event	*events;
	int		 n;
	int64_t		 next;		/* the position behind them */
	bool		 more;		/* that may fit is there already */
	/* Retention removed something after the position, or it lies ahead
	 * of all there is: in another database, or a restored one. */
	bool		 expired;
};

/*
 * What fits after the position, in order.  One call looks at a bounded number
 * of events and hands out a bounded number of bytes: "next" moves past what
 * does not fit, and "more" says that it is not at the head yet.  In a tenant's
 * transaction.
 */
enum cal_err	feed_list(struct tx *, const struct feed_query *,
		    struct feed_page *) ERR_CHECK;
/* The last number there is; cheap, and in no transaction. */
enum cal_err	feed_head(struct db *, struct arena *, const char *tenant_id,
		    int64_t *) ERR_CHECK;
/* Number what waits, over all tenants; at most "most" of each. */
enum cal_err	feed_extend(struct db *, struct arena *, int most,
		    int64_t *moved) ERR_CHECK;

#endif
