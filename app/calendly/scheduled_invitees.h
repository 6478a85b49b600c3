/*
 * scheduled_invitees: reads the invitees of a scheduled event back from
 * Calendly.  What scheduled_list.h says of scopes and entries holds here, too.
 */
#ifndef APP_CALENDLY_SCHEDULED_INVITEES_H
#define APP_CALENDLY_SCHEDULED_INVITEES_H

#include <stdbool.h>
#include <stddef.h>

#include "app/calendly/client.h"
#include "lib/err.h"

struct json_node;
struct secret;

struct scheduled_invitees {
	const struct json_node **all;	/* each names an invitee: its "uri" */
	size_t		 n;
	size_t		 unread;	/* entries that name no invitee */
	bool		 whole;		/* false: there are more, beyond our
					 * limits, or there may be, because a
					 * full page leads to itself */
};

/*
 * Gets all invitees of one event, canceled ones as well, in as many calls as it
 * takes.  The limits are 50 calls, 5,000 entries, 400,000 values and 12 MiB.
 * That takes some kilobytes of the arena for most events, and 100 MiB at worst.
 * A page that repeats an earlier one is the end.
 *
 * CAL_NOTFOUND: the event is gone (404, 410).  CAL_UPSTREAM also if a page
 * can't be used or the token of a page is refused: the list can be read anew.
 * CAL_INVALID also if the URI names nothing; then no call is made.
 */
enum cal_err	scheduled_invitees(struct behalf, const struct secret *token,
		    const char *event_uri, struct scheduled_invitees *)
		    ERR_CHECK;

/*
 * Asks whether an event has this invitee.  CAL_OK: it has.  CAL_NOTFOUND: the
 * invitee is gone (404, 410), or the event is.  CAL_INVALID also if a URI names
 * nothing; then no call is made.
 */
enum cal_err	scheduled_invitee(struct behalf, const struct secret *token,
		    const char *event_uri, const char *uri) ERR_CHECK;

#endif
