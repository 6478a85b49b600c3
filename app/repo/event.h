/*
 * event: the events that the feed carries.
 *
 * All functions need a tenant's transaction.
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
	enum event_source source;
	const char	*user_id;
	const char	*occurred_at;
	const char	*received_at;
	const char	*meeting_id;
	const char	*body;		/* the event's "data", as JSON text */
};

struct event_new {
	const char	*id;		/* NULL: a random one */
	const char	*connection_id;
	const char	*user_id;
	const char	*type;
	enum event_source source;
	const char	*occurred_at;	/* NULL: now */
	const char	*received_at;	/* NULL: now */
	const char	*meeting_id;	/* NULL: none */
	enum event_outcome outcome;	/* of a webhook's event; else none */
	const char	*body;
};

/*
 * Adds an event without a number; feed_extend() or event_append() number it
 * later.  Meant for transactions that cannot hold the feed's head until they
 * end.  Nothing happens if the id exists.
 */
enum cal_err	event_add(struct tx *, const struct event_new *) ERR_CHECK;
/*
 * Adds "n" events and numbers them in this order, after those that wait for a
 * number.  This must be the transaction's last write, because it locks the head
 * of the tenant's feed until the end.  A transaction that writes for several
 * tenants takes them in the order of their ids.  Nothing happens to an id that
 * exists; its number is left out.  If another transaction holds the head for
 * too long, or too many events wait, the new ones wait for their numbers, too.
 */
enum cal_err	event_append(struct tx *, const struct event_new *, int n)
		    ERR_CHECK;
/* Stores what finally became of a webhook's event. */
enum cal_err	event_mark_outcome(struct tx *, const char *id,
		    enum event_outcome) ERR_CHECK;
/* An event that has no number yet is not found. */
enum cal_err	event_find(struct tx *, const char *id, struct event *)
		    ERR_CHECK;

#endif
