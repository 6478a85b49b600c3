/*
 * event: what the feed carries.
 *
 * All of it needs a tenant's transaction.
 */
#ifndef APP_REPO_EVENT_H
#define APP_REPO_EVENT_H

#include <stdint.h>

#include "app/domain/status.h"
#include "lib/err.h"

struct tx;

struct event {
	int64_t		 seq;		/* its number in the tenant's feed */
	const char	*id;
	const char	*type;
	enum event_source	 source;
	const char	*user_id;
	const char	*occurred_at;
	const char	*received_at;
	const char	*meeting_id;
	const char	*body;		/* JSON text: the event's "data" */
};

struct event_new {
	const char	*id;		/* NULL: a random one */
	const char	*connection_id;
	const char	*user_id;
	const char	*type;
	enum event_source	 source;
	const char	*occurred_at;	/* NULL: now */
	const char	*received_at;	/* NULL: now */
	const char	*meeting_id;	/* or NULL */
	enum event_outcome	 outcome;	/* of a webhook */
	const char	*body;
};

/*
 * Add one that waits for its number until feed_extend or event_append give
 * it: for who can't hold the feed's head until the transaction ends.  Adding
 * an id that is there already changes nothing.
 */
enum cal_err	event_add(struct tx *, const struct event_new *) ERR_CHECK;
/*
 * Add "n" and number them, in this order, behind what waits: the last write
 * of the transaction, which holds the tenant's head until it ends.  For
 * several tenants: in the order of their ids.  An id that is there already
 * changes nothing and leaves its number out.
 */
enum cal_err	event_append(struct tx *, const struct event_new *, int n)
		    ERR_CHECK;
/* What became of a webhook's event in the end. */
enum cal_err	event_mark_outcome(struct tx *, const char *id,
		    enum event_outcome) ERR_CHECK;
enum cal_err	event_find(struct tx *, const char *id, struct event *)
		    ERR_CHECK;

#endif
