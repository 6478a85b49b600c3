/*
 * choose: which of our subscriptions at Calendly to rely on.
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
 * The one that counts already, else the first that could; NULL: none is
 * healthy.  Only Calendly's word makes one unhealthy: that it is disabled, or
 * has another URL or other events, or is in another organization than the user
 * is now.  What it does not say, or not so that it can be read, is no fault.
 * Nor are deliveries with wrong signatures, which anybody can send.
 */
const struct found	*choose(const struct service *, struct arena *,
			    const struct inventory *);
/* What is wrong with one of ours, by Calendly's word. */
enum subscription_trouble choose_fault(const struct service *, struct arena *,
			    const struct found *);
/* Calendly has given it up, and retries nothing of it any more. */
bool			 choose_is_disabled(const struct found *);
/*
 * One of ours that brings us what happens where the user is now.  What
 * Calendly does not say of it is no reason to doubt it.
 */
bool			 choose_is_alive(const struct found *);
/* Calendly says in so many words that the chosen one is as it should be. */
bool			 choose_is_sound(const struct found *);
/* Why deliveries to it fail, by Calendly's own word, if it says so. */
enum webhook_failure	 choose_failure(const struct found *);

#endif
