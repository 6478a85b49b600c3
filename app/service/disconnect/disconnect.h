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
 * In a transaction: takes the grant off the user's connection, whose endpoints
 * answer 410 to deliveries after the commit, asks for the job that tears the
 * grant down, and, if that is wished, for the erasure.  Safe to repeat.
 * CAL_NOTFOUND: this user has never had a connection.  The connection is
 * returned as it was before: its grant_id is the grant to be torn down, or NULL
 * if it had none.
 */
enum cal_err	disconnect_begin(struct tx *, const struct disconnect_wish *,
		    struct connection *) ERR_CHECK;
/*
 * Begins a disconnect like disconnect_begin(), in a transaction of its own, and
 * then tries the teardown for up to 10 s.  Returns the connection as it is
 * afterwards, or, if it was erased, as it was last.
 */
enum cal_err	disconnect_run(const struct errand *,
		    const struct disconnect_wish *, struct connection_view *)
		    ERR_CHECK;

#endif
