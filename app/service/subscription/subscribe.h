/*
 * subscribe: making and removing one subscription of ours at Calendly.
 */
#ifndef APP_SERVICE_SUBSCRIPTION_SUBSCRIBE_H
#define APP_SERVICE_SUBSCRIPTION_SUBSCRIBE_H

#include "lib/err.h"

struct errand;
struct found;
struct grant;
struct inventory;
struct secret;
struct work;

/*
 * Record the intent, create, commit; undo if the commit fails.  CAL_GONE:
 * refused for good (plan, role, scope, a request that Calendly rejects), which
 * is noted.  CAL_CONFLICT: 409, or the lease is lost: look again.
 */
enum cal_err	subscribe_make(const struct errand *, const struct grant *,
		    const struct work *, const struct secret *token,
		    struct found *) ERR_CHECK;
/*
 * Delete at Calendly one of ours whose URI is known, then note it here.
 * CAL_DENIED, CAL_INVALID: Calendly refuses that.
 */
enum cal_err	subscribe_remove(const struct errand *, const struct work *,
		    const struct secret *token, const struct inventory *,
		    struct found *) ERR_CHECK;

#endif
