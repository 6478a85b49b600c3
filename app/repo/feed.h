/* feed: reads a tenant's events in the order of their numbers. */
#ifndef APP_REPO_FEED_H
#define APP_REPO_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "app/repo/event.h"
#include "lib/err.h"

struct arena;
struct db;
struct tx;

/* What a reader of the feed asks for. */
struct feed_query {
	int64_t			 after;
	bool			 from_start;	/* no position; "after" is 0 */
	const char		*user_id;	/* NULL: of all users */
	const char *const	*types;		/* NULL: of all types */
	int			 limit;
};

struct feed_page {
	struct event	*events;
	int		 n;
	int64_t		 next;		/* position after this page */
	bool		 more;		/* another page may have events */
	/*
	 * The position cannot be used: retention removed events after it, or it
	 * lies beyond the feed's head because it comes from another or a
	 * restored database.
	 */
	bool		 expired;
};

/*
 * In a tenant's transaction: the events that fit after the position, in order.
 * One call examines a bounded number of events and returns a bounded number of
 * bytes: "next" moves past events that do not fit, and "more" says that the
 * feed's head was not reached.
 */
enum cal_err	feed_list(struct tx *, const struct feed_query *,
		    struct feed_page *) ERR_CHECK;
/*
 * Gives the number of the feed's last event.  This is a cheap read and needs no
 * transaction.
 */
enum cal_err	feed_head(struct db *, struct arena *, const char *tenant_id,
		    int64_t *) ERR_CHECK;
/*
 * Numbers the events that wait, at most "most" of each tenant.  Tenants whose
 * feed's head is locked are passed over.  "moved" is how many were numbered.
 */
enum cal_err	feed_extend(struct db *, struct arena *, int most,
		    int64_t *moved) ERR_CHECK;

#endif
