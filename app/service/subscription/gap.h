/*
 * gap: a time in which no subscription of a connection was alive, so that
 * bookings may never be sent.  The host hears of it when one is alive again
 * (webhook.gap), and can read back what it missed.
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
 * Before anything is made: if none of ours is alive at Calendly, a gap is
 * open, and stays so over refusals and crashes.  A transaction of its own.
 */
enum cal_err	gap_look(const struct errand *, const struct grant *,
		    const struct inventory *) ERR_CHECK;
/*
 * In a transaction in which one counts that is as it should be: tell a gap
 * that is open.  "well": Calendly is not retrying deliveries to it.
 */
enum cal_err	gap_close(struct tx *, const struct grant *, bool well)
		    ERR_CHECK;

#endif
