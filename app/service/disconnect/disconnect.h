/*
 * disconnect: ends a user's connection at the host app's request.
 */
#ifndef APP_SERVICE_DISCONNECT_DISCONNECT_H
#define APP_SERVICE_DISCONNECT_DISCONNECT_H

#include <stdbool.h>

#include "lib/err.h"

struct arena;
struct connection;
struct errand;
struct tx;
struct service;
struct connection_view;

struct disconnect_wish {
	const char	*user_id;
	const char	*actor;		/* who asks, for the audit log */
	bool		 erase;		/* also erase all that is
					 * stored about the user */
};

/*
 * The connection lets go of its grant and answers 410 to deliveries from
 * the commit on; a job does the rest.  Safe to repeat.  CAL_NOTFOUND: a user
 * never seen.  The connection is told as it was: its grant is to be torn down,
 * unless it held none (any more).
 */
enum cal_err	disconnect_begin(struct tx *, const struct disconnect_wish *,
		    struct connection *) ERR_CHECK;
/*
 * The same, committed, and the teardown within 10 s if Calendly answers; then
 * what has become of the connection (shown for the last time if it was erased).
 */
enum cal_err	disconnect_run(const struct errand *,
		    const struct disconnect_wish *, struct connection_view *)
		    ERR_CHECK;

#endif
