/*
 * upkeep: what the repair of subscriptions stores about them.
 *
 * All functions need a tenant's transaction.
 */
#ifndef APP_REPO_UPKEEP_H
#define APP_REPO_UPKEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "app/domain/status.h"
#include "lib/buf.h"
#include "lib/err.h"

struct arena;
struct db;
struct tx;
struct known;
struct subscription_intent;

/*
 * Stores which URIs lead to a subscription's endpoint.  "gone" (or NULL) no
 * longer does, and is taken off the connection's list of what was left behind.
 */
enum cal_err	subscription_set_uris(struct tx *, const char *id,
		    const char *uri, const char *const *others,
		    const char *gone) ERR_CHECK;
/* Marks the subscription as replaced, but not yet to be deleted. */
enum cal_err	subscription_drain(struct tx *, const char *id) ERR_CHECK;
/* Stores whether the subscription is missing from a complete list. */
enum cal_err	subscription_set_missing(struct tx *, const char *id,
		    bool missing) ERR_CHECK;
/* Stores the hash of the callback URL as Calendly spells it. */
enum cal_err	subscription_set_callback(struct tx *,
		    const char *id, struct bytes hash) ERR_CHECK;
/* How many subscriptions were made for a wish since the last sound one. */
struct subscription_tries {
	int64_t		 n;
	int64_t		 age;		/* seconds since the last one was
					 * made */
};
enum cal_err	subscription_tried(struct tx *,
		    const char *grant_id, struct bytes wish,
		    struct subscription_tries *) ERR_CHECK;
/* Stores that the active subscription is exactly as wished. */
enum cal_err	subscription_mark_sound(struct tx *,
		    const char *grant_id) ERR_CHECK;
/* Stores why no subscription is made now.  "news": the reason has changed. */
enum cal_err	subscription_set_trouble(struct tx *,
		    const char *grant_id,
		    enum subscription_trouble, bool *news) ERR_CHECK;
/* Makes the connection's next check due within so many seconds. */
enum cal_err	connection_check_within(struct tx *, const char *id,
		    const char *grant_id, int seconds) ERR_CHECK;
/* Tells whether any tenant has this endpoint. */
enum cal_err	endpoint_known(struct db *, struct arena *, struct bytes hash,
		    bool *) ERR_CHECK;
/*
 * Adds a subscription of ours at Calendly that no row knows; it counts as
 * replaced.
 */
enum cal_err	subscription_adopt(struct tx *,
		    const struct subscription_intent *, const char *uri,
		    struct known *) ERR_CHECK;

#endif
