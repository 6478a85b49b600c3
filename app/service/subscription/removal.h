/*
 * removal: taking all that a grant has at Calendly off it.
 *
 * Every URI that it ever stored is deleted, listed or not, whether or not
 * Calendly retries it: the user has let go.  404 and 410 mean that it is gone.
 * What Calendly refuses to delete is named, and does not keep the others.
 */
#ifndef APP_SERVICE_SUBSCRIPTION_REMOVAL_H
#define APP_SERVICE_SUBSCRIPTION_REMOVAL_H

#include <stddef.h>

#include "lib/err.h"

struct arena;
struct errand;
struct grant;
struct secret;
struct work;

struct removal {
	const struct grant	*g;
	const struct work	*w;
	const char		**left;	/* what Calendly refuses to delete */
	size_t			 nleft;
};

/*
 * For token_use(); the argument is a struct removal.  CAL_OK: all are gone.
 * CAL_UPSTREAM, CAL_UNAVAILABLE: not all, and it is worth another try; "left"
 * are those that Calendly refused.
 */
enum cal_err	removal_run(const struct errand *, const struct secret *token,
		    void *) ERR_CHECK;
/* What is left, as a NULL-terminated list. */
const char	*const *removal_left(struct arena *, const struct removal *);

#endif
