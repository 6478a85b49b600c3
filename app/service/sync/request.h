/*
 * request: asks for a walk over a user's meetings at Calendly.
 */
#ifndef APP_SERVICE_SYNC_REQUEST_H
#define APP_SERVICE_SYNC_REQUEST_H

#include "lib/err.h"

struct connection_view;
struct tx;

/*
 * In a transaction: asks for a walk over everything, which a runner makes, and
 * notes in the audit that "actor" did.  Safe to repeat: while a walk over
 * everything is under way, that one is meant.  The view is the connection with
 * what was asked for.  CAL_NOTFOUND: the user was never seen.  CAL_DENIED: the
 * connection is not connected, so that the user must connect (again).
 */
enum cal_err	sync_request(struct tx *, const char *user_id,
		    const char *actor, struct connection_view *) ERR_CHECK;

#endif
