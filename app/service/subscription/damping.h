/*
 * damping: limits how often another subscription is made.
 *
 * If a subscription that was just made seems wrong or is missing, Calendly's
 * list may lag, or Calendly may not do what it was asked; another subscription
 * would then be no better.  So the next ones for the same wish are made after
 * 1, 10 and 60 minutes, then six hours, then daily, until one is seen to be
 * sound.  There are never more than DAMPING_ALIVE_MAX of ours at Calendly.
 */
#ifndef APP_SERVICE_SUBSCRIPTION_DAMPING_H
#define APP_SERVICE_SUBSCRIPTION_DAMPING_H

#include <stdbool.h>

#include "app/domain/status.h"
#include "lib/buf.h"
#include "lib/err.h"

struct arena;
struct tx;
struct errand;
struct service;
struct grant;
struct inventory;

enum { DAMPING_ALIVE_MAX = 3 };

/*
 * A hash of what a subscription is wished for: callback base URL, organization
 * and events.  Tries are counted for each wish.
 */
struct bytes	damping_wish(const struct service *, struct arena *,
		    const struct grant *);
/*
 * Asks whether another subscription may be made now.  "trouble" is why not, or
 * SUBSCRIPTION_WELL if it may; "wait" is how many seconds later to ask again.
 */
enum cal_err	damping_ask(const struct errand *,
		    const struct grant *, const struct inventory *,
		    enum subscription_trouble *, int *wait) ERR_CHECK;
/*
 * Stores why no subscription is made now, or SUBSCRIPTION_WELL when one is.  A
 * new reason is logged once, for the operator.
 */
enum cal_err	damping_note(const struct errand *,
		    const struct grant *, enum subscription_trouble) ERR_CHECK;
/*
 * In a transaction: there is a current subscription, so no other is needed.  If
 * it is sound, counting tries starts again from 0.
 */
enum cal_err	damping_clear(struct tx *, const struct grant *, bool sound)
		    ERR_CHECK;

#endif
