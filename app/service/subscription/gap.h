/*
 * gap: records a time in which a connection had no working subscription, so
 * that Calendly may never send what was booked then.  When there is one again,
 * the host app is told (webhook.gap), and a walk is asked for that reads back
 * what was missed.
 */
#ifndef APP_SERVICE_SUBSCRIPTION_GAP_H
#define APP_SERVICE_SUBSCRIPTION_GAP_H

#include <stdbool.h>

#include "lib/err.h"

struct tx;
struct errand;
struct grant;
struct inventory;

/*
 * To be called before a subscription is made: opens a gap if none of our
 * subscriptions is working at Calendly.  The gap stays open until gap_close(),
 * over refusals and crashes.  Runs in a transaction of its own.
 */
enum cal_err	gap_look(const struct errand *, const struct grant *,
		    const struct inventory *) ERR_CHECK;
/*
 * In a transaction in which the current subscription is found or made healthy:
 * ends an open gap, tells the host app, and asks for a walk.  "well": Calendly
 * is not retrying deliveries to that subscription.
 */
enum cal_err	gap_close(struct tx *, const struct grant *, bool well)
		    ERR_CHECK;

#endif
