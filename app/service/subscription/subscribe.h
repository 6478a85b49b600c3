/*
 * subscribe: makes or deletes one subscription of ours at Calendly.
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
 * Records the intent, creates the subscription at Calendly and commits it; if
 * the commit fails, it is deleted again.  CAL_GONE: Calendly refuses for good
 * (plan, role, scope, or a request that it rejects), and the capability is
 * stored.  CAL_CONFLICT: Calendly answered 409, or the work lease is lost: look
 * again.
 */
enum cal_err	subscribe_make(const struct errand *, const struct grant *,
		    const struct work *, const struct secret *token,
		    struct found *) ERR_CHECK;
/*
 * Deletes a subscription of ours whose URI is known, at Calendly and then in
 * its row.  CAL_DENIED, CAL_INVALID: Calendly refuses to delete it.
 */
enum cal_err	subscribe_remove(const struct errand *, const struct work *,
		    const struct secret *token, const struct inventory *,
		    struct found *) ERR_CHECK;

#endif
