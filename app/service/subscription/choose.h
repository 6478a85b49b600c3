/*
 * choose: chooses which of our subscriptions at Calendly to rely on.
 *
 * The current subscription of a grant is the one whose row has the state
 * "active"; there is at most one.
 */
#ifndef APP_SERVICE_SUBSCRIPTION_CHOOSE_H
#define APP_SERVICE_SUBSCRIPTION_CHOOSE_H

#include <stdbool.h>

#include "app/domain/status.h"

struct arena;
struct service;
struct found;
struct inventory;

/*
 * The current subscription if it is healthy, else the first healthy one that
 * could take its place; NULL: none is healthy.
 *
 * Only what Calendly says makes a subscription unhealthy: that it is disabled,
 * has another URL or other events, or belongs to an organization that the user
 * has left.  What Calendly does not say, or says unreadably, is no fault, nor
 * are deliveries with wrong signatures, because anybody can send those.
 */
const struct found	*choose(const struct service *, struct arena *,
			    const struct inventory *);
/*
 * Returns what is wrong with one of our subscriptions, by what Calendly says of
 * it.
 */
enum subscription_trouble choose_fault(const struct service *, struct arena *,
			    const struct found *);
/*
 * Says whether Calendly has disabled the subscription.  Calendly then retries
 * none of its deliveries.
 */
bool			 choose_is_disabled(const struct found *);
/*
 * Says whether one of our subscriptions brings us what happens in the user's
 * present organization.  What Calendly does not say of it is no reason to doubt
 * that.
 */
bool			 choose_is_alive(const struct found *);
/*
 * Says whether Calendly's answer calls the chosen subscription active and has
 * its URL and events.  choose() takes a member that is missing for right; here
 * it counts as unknown, and the answer is false.
 */
bool			 choose_is_sound(const struct found *);
/*
 * Returns why deliveries to this subscription fail, if Calendly says that they
 * do; else FAILURE_NONE.
 */
enum webhook_failure	 choose_failure(const struct found *);

#endif
