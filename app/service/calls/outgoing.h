/*
 * outgoing: what every call to Calendly passes before it is sent (the clone
 * guard, the user's rate limit), and what it leaves behind: a row in its
 * connection's log, metrics, that its account hangs.
 */
#ifndef APP_SERVICE_CALLS_OUTGOING_H
#define APP_SERVICE_CALLS_OUTGOING_H

struct service;

/* Give it a client to call Calendly with; all else is there. */
void	outgoing_open(struct service *);

#endif
