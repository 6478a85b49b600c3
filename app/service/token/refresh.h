/*
 * refresh: one refresh of a grant's tokens, and what follows from how it
 * ends.  For token.c alone.
 */
#ifndef APP_SERVICE_TOKEN_REFRESH_H
#define APP_SERVICE_TOKEN_REFRESH_H

#include "app/calendly/client.h"
#include "lib/err.h"

struct errand;
struct grant;

/*
 * How long the refresh lease is held at most: the call, and storing what it
 * brings.
 */
enum { REFRESH_LEASE = CLIENT_TOKEN_MS / 1000 + 20 };	/* s */

/*
 * CAL_OK: there is a new generation.  CAL_CONFLICT: somebody else was
 * faster.  CAL_DENIED: dead.  CAL_UNAVAILABLE, CAL_UPSTREAM: later.
 */
enum cal_err	refresh_run(const struct errand *, const struct grant *)
		    ERR_CHECK;

#endif
