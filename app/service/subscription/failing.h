/*
 * failing: tells the host when deliveries to a connection's webhook fail, and
 * when they come through again.
 *
 * Only Calendly's own word makes one fail: it disabled the subscription, or it
 * is retrying.  What anybody can send does not.  It is over when a delivery
 * with a right signature comes, when Calendly says so, or when another
 * subscription that is well has taken its place.
 */
#ifndef APP_SERVICE_SUBSCRIPTION_FAILING_H
#define APP_SERVICE_SUBSCRIPTION_FAILING_H

#include <stddef.h>

#include "lib/err.h"

struct arena;
struct errand;
struct service;
struct delivery;
struct grant;
struct inventory;

/* What Calendly says of the subscription that counts. */
enum cal_err	failing_note(const struct errand *, const struct grant *,
		    const char *user_id, const struct inventory *) ERR_CHECK;
/* Others that failed have been replaced by one that is well. */
enum cal_err	failing_settle(const struct errand *, const struct grant *)
		    ERR_CHECK;
/* These were rightly signed, and are stored. */
void		failing_heard(struct service *, struct arena *,
		    const struct delivery *, size_t n);

#endif
