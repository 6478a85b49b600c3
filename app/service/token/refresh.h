/*
 * refresh: makes one refresh of a grant's tokens and deals with its outcome.
 * For token.c alone.
 */
#ifndef APP_SERVICE_TOKEN_REFRESH_H
#define APP_SERVICE_TOKEN_REFRESH_H

#include "app/calendly/client.h"
#include "lib/err.h"

struct errand;
struct grant;

/*
 * The longest time for which the refresh lease is held: for the call, and for
 * storing the tokens that it brings.
 */
enum { REFRESH_LEASE = CLIENT_TOKEN_MS / 1000 + 20 };	/* seconds */

/*
 * CAL_OK: the grant has a new generation.  CAL_CONFLICT: another process was
 * faster.  CAL_DENIED: the grant is dead.  CAL_UNAVAILABLE, CAL_UPSTREAM: try
 * later.
 */
enum cal_err	refresh_run(const struct errand *, const struct grant *)
		    ERR_CHECK;

#endif
