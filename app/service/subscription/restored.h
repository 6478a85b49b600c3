/*
 * restored: takes in subscriptions of ours that this database does not know.
 *
 * A database restored from a backup lacks the rows made since the backup, but
 * Calendly still calls those subscriptions, and retries what is refused.  So a
 * subscription that calls our BACKEND_URL in our form, for this user, and whose
 * endpoint no tenant knows, is treated as one that was replaced: its deliveries
 * are accepted, and it is deleted after 25 hours.
 */
#ifndef APP_SERVICE_SUBSCRIPTION_RESTORED_H
#define APP_SERVICE_SUBSCRIPTION_RESTORED_H

#include "lib/err.h"

struct errand;
struct grant;
struct inventory;

enum cal_err	restored_adopt(const struct errand *, const struct grant *,
		    struct inventory *) ERR_CHECK;

#endif
