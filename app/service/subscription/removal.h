/*
 * removal: deletes all subscriptions of a grant at Calendly.
 *
 * Every URI that the grant ever stored is deleted, whether or not it is listed
 * and whether or not Calendly is retrying deliveries, because the user has
 * disconnected.  404 and 410 mean that it is gone already.  What Calendly
 * refuses to delete is collected in "left" and does not stop the rest.
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
	const char		**left;	/* URIs, or masked callback URLs,
					 * that Calendly refuses to delete */
	size_t			 nleft;
};

/*
 * The deed for token_use(); the argument is a struct removal.  CAL_OK: all are
 * gone.  CAL_UPSTREAM, CAL_UNAVAILABLE: some may remain and another try is
 * worth while; "left" holds those that Calendly refused to delete.
 */
enum cal_err	removal_run(const struct errand *, const struct secret *token,
		    void *) ERR_CHECK;
/* What is in "left", as a NULL-terminated list in the arena. */
const char	*const *removal_left(struct arena *, const struct removal *);

#endif
