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
 * Looks once for an access token; the caller may look again later.  The token
 * is valid for another minute at least, unless it was just received with a
 * shorter life, or Calendly gives no newer one at the moment.
 *
 * CAL_NOTFOUND: the user was never seen.  CAL_DENIED: not connected, or the
 * user must consent again.  CAL_CONFLICT: another process is refreshing, but
 * for no longer than "patience_ms": look again.  CAL_UNAVAILABLE, CAL_UPSTREAM:
 * not now.
 *
 * With a patience of 0, another process's refresh is not waited for.  With
 * LEND_AT_ONCE, no refresh is begun either.  LEND_NO_PLACE is for callers that
 * may not begin a refresh yet (calls/calling.h): if one is needed,
 * CAL_CONFLICT.
 */
enum { LEND_AT_ONCE = -1, LEND_NO_PLACE = TOKEN_NO_PLACE };

enum cal_err	lend_run(const struct errand *, const char *user_id,
		    int64_t patience_ms, struct loan *) ERR_CHECK;

#endif
