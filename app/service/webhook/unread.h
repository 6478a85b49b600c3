/*
 * unread: what of a delivery is there but can't be read.
 */
#ifndef APP_SERVICE_WEBHOOK_UNREAD_H
#define APP_SERVICE_WEBHOOK_UNREAD_H

#include "lib/buf.h"

struct arena;
struct payload;

/*
 * The members of a delivery about an invitee that are not what they should
 * be, in words that hold no value ("scheduled_event.start_time"); NULL if
 * there are none, or it is about something else.
 */
const char	*unread_members(struct arena *, const struct payload *);
/* The same of a body. */
const char	*unread_in(struct arena *, struct bytes body);

#endif
