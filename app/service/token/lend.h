/*
 * lend: lends the host app one of the user's access tokens.
 */
#ifndef APP_SERVICE_TOKEN_LEND_H
#define APP_SERVICE_TOKEN_LEND_H

#include <stdint.h>

#include "app/service/token/token.h"
#include "lib/err.h"

struct errand;
struct secret;

struct loan {
	struct secret	*access;
	const char	*expires_at;
};

/*
 * Special values of lend_run()'s "patience_ms", with which it begins no
 * refresh.  If the token needs one, LEND_AT_ONCE lends the old token while that
 * is valid, and LEND_NO_PLACE makes the answer CAL_CONFLICT: it is for a
 * request that must wait for its place (calls/calling.h) before it may refresh.
 */
enum { LEND_AT_ONCE = -1, LEND_NO_PLACE = TOKEN_NO_PLACE };

/*
 * Gets an access token of this user, after a refresh if it needs one.  The
 * token is valid for another minute at least, unless Calendly gave it a shorter
 * life or gives no newer one at the moment.
 *
 * If another process is refreshing the token, this function does not wait, but
 * returns CAL_CONFLICT, so that the caller looks again later.  Once that
 * refresh has taken longer than "patience_ms", the old token is lent while it
 * is valid.
 *
 * CAL_NOTFOUND: no connection of this user was ever made.  CAL_DENIED: the user
 * is not connected, or must consent again.  CAL_UNAVAILABLE, CAL_UPSTREAM: not
 * now.
 */
enum cal_err	lend_run(const struct errand *, const char *user_id,
		    int64_t patience_ms, struct loan *) ERR_CHECK;

#endif
