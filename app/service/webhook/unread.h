/*
 * unread: finds the parts of a delivery that are present but can't be read.
 */
#ifndef APP_SERVICE_WEBHOOK_UNREAD_H
#define APP_SERVICE_WEBHOOK_UNREAD_H

#include "lib/buf.h"

struct arena;
struct payload;

/*
 * The names of unreadable members in a delivery about an invitee, without their
 * values ("scheduled_event.start_time, ...").  NULL: there are none, or the
 * delivery is about something else.
 */
const char	*unread_members(struct arena *, const struct payload *);
/*
 * Parses a delivery's body and returns what unread_members() says of it.  NULL
 * also if the body can't be parsed at all.
 */
const char	*unread_in(struct arena *, struct bytes body);

#endif
