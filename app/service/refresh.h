/*
 * refresh: one refresh of a grant's tokens, and what follows from how it
 * ends.  For token.c alone.
 */
#ifndef APP_SERVICE_REFRESH_H
#define APP_SERVICE_REFRESH_H

#include "lib/err.h"

struct arena;
struct calendly;
struct grant;

/*
 * CAL_OK: there is a new generation.  CAL_CONFLICT: somebody else was
 * faster.  CAL_DENIED: dead.  CAL_UNAVAILABLE, CAL_UPSTREAM: later.
 */
enum cal_err	refresh_run(struct calendly *, struct arena *,
		    const struct grant *) ERR_CHECK;

#endif
