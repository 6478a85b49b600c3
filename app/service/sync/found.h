/*
 * found: what a step of a walk has read of some events, and storing it.
 */
#ifndef APP_SERVICE_SYNC_FOUND_H
#define APP_SERVICE_SYNC_FOUND_H

#include <stdbool.h>
#include <stddef.h>

#include "app/calendly/scheduled_invitees.h"
#include "app/repo/sync.h"
#include "lib/err.h"

struct json_node;
struct walk;

/* What was read of one event. */
struct found_event {
	const struct sync_work *work;
	/*
	 * CAL_OK: the event and its invitees are known.  CAL_NOTFOUND: it is
	 * gone.  Other errors: nothing is known of it.
	 */
	enum cal_err	 rc;
	const struct json_node *event;
	const char	*event_at;	/* the moment that it speaks for */
	struct scheduled_invitees invitees;
	const char	*invitees_at;
};

/*
 * Applies what was read, through the same code that applies webhooks, tells
 * what changed in the feed, and takes the events off the walk's list.  An event
 * that failed is tried again later, and left out when it has failed too often.
 * CAL_UPSTREAM: Calendly has answered about none of them.
 */
enum cal_err	found_store(struct walk *, struct found_event *, size_t n)
		    ERR_CHECK;

#endif
