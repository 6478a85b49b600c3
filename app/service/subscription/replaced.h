/*
 * replaced: what becomes of subscriptions of ours that no longer count.
 *
 * What Calendly retries goes with the subscription.  So one that it is
 * retrying, or that we answered with an error lately, is not deleted with its
 * replacement: it drains for 25 hours from when its successor became active,
 * whatever it answers since; its endpoint takes deliveries until it is gone.
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
 * All of ours but "keep" (or NULL).  Without "all" there is none to rely on:
 * then only those that have been replaced already, and of these none that may
 * be the only one to bring new events.  "wait": s until the next of those that
 * drain is to be deleted; untouched if none drains.  One that can't be deleted
 * does not keep the others; CAL_UPSTREAM in the end, if that may pass.
 */
enum cal_err	replaced_clear(const struct errand *, const struct work *,
		    const struct secret *token, const struct inventory *,
		    const struct found *keep, bool all, int *wait) ERR_CHECK;
/*
 * Before one more is made: "waiting" that may yet turn out to exist are
 * counted, too.  If there are too many, the oldest that Calendly is not
 * retrying goes, or the next oldest if Calendly will not delete it.  "room":
 * there is room for another.
 */
enum cal_err	replaced_make_room(const struct errand *, const struct work *,
		    const struct secret *token, const struct inventory *,
		    int waiting, bool *room) ERR_CHECK;

#endif
