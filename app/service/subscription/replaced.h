/*
 * replaced: deletes subscriptions of ours that have been replaced.
 *
 * When a subscription is deleted, Calendly drops the deliveries that it is
 * retrying.  So a subscription whose deliveries Calendly is retrying, or that
 * we answered with an error lately, is not deleted with its replacement but
 * drains: it stays for 25 hours from when its successor became active, whatever
 * it answers meanwhile, and its endpoint accepts deliveries until it is gone.
 * All others are deleted at once.
 */
#ifndef APP_SERVICE_SUBSCRIPTION_REPLACED_H
#define APP_SERVICE_SUBSCRIPTION_REPLACED_H

#include <stdbool.h>

#include "lib/err.h"

struct errand;
struct found;
struct inventory;
struct secret;
struct work;

/*
 * Deletes or drains all of our subscriptions except "keep" (which may be NULL).
 *
 * "all" says that there is a healthy subscription.  If there is none, only
 * those already marked as replaced or deleted are handled, and of these none
 * that may be the only one to bring new events.
 *
 * "wait" is lowered to the seconds until the next draining one is to be
 * deleted.  A failed deletion does not stop the others; CAL_UPSTREAM in the end
 * if it may succeed later.
 */
enum cal_err	replaced_clear(const struct errand *, const struct work *,
		    const struct secret *token, const struct inventory *,
		    const struct found *keep, bool all, int *wait) ERR_CHECK;
/*
 * To be called before another subscription is made: deletes some if there are
 * too many.  "waiting" is the number of those that may still turn out to exist;
 * they count too.  The oldest whose deliveries Calendly is not retrying is
 * deleted first; if Calendly refuses, the next oldest.  "room" says whether
 * another may be made.
 */
enum cal_err	replaced_make_room(const struct errand *, const struct work *,
		    const struct secret *token, const struct inventory *,
		    int waiting, bool *room) ERR_CHECK;

#endif
