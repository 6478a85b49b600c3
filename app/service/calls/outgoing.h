/*
 * outgoing: what happens around every call to Calendly.  Before a call is sent,
 * the clone guard and the account's budget must let it pass.  Afterwards it
 * leaves a row in its connection's log, metrics and, if it hung, a note that
 * its account is slow.
 */
#ifndef APP_SERVICE_CALLS_OUTGOING_H
#define APP_SERVICE_CALLS_OUTGOING_H

struct service;

/*
 * Gives the service, whose other members are set already, a client for calls to
 * Calendly.
 */
void	outgoing_open(struct service *);

#endif
