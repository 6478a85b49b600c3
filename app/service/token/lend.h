/*
 * lend: an access token of a user's, for the host app to use.
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
 * It lives for another minute at least, or was just received, or Calendly gives
 * no other at the moment: then it may end soon.  CAL_NOTFOUND: a user never
 * seen.  CAL_DENIED: not connected, or a new consent is needed.
 * CAL_CONFLICT: a refresh is under way, and not for longer than the patience;
 * look again.  CAL_UNAVAILABLE, CAL_UPSTREAM: not now.  A patience of 0 is
 * none; LEND_AT_ONCE begins no refresh either.  LEND_NO_PLACE is for who would
 * begin one, but may not yet: CAL_CONFLICT.
 */
enum { LEND_AT_ONCE = -1, LEND_NO_PLACE = TOKEN_NO_PLACE };

enum cal_err	lend_run(const struct errand *, const char *user_id,
		    int64_t patience_ms, struct loan *) ERR_CHECK;

#endif
