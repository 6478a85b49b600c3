/*
 * subscription: our webhook subscriptions at Calendly, and the endpoints that
 * they call.
 *
 * All functions need a tenant's transaction.
 */
#ifndef APP_REPO_SUBSCRIPTION_H
#define APP_REPO_SUBSCRIPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "app/domain/status.h"
#include "lib/buf.h"
#include "lib/err.h"

struct tx;

/* An endpoint of a grant, with the subscription made for it. */
struct known {
	const char	*endpoint_id;
	struct bytes	 hash;
	enum endpoint_state endpoint_state;
	const char	*subscription_id;
	const char	*uri;		/* NULL: not known to exist */
	enum subscription_state state;	/* 0: the endpoint has no
					 * subscription */
	const char	*organization_uri;
	/*
	 * Further URIs that lead to this endpoint; ends with NULL.  NULL: none.
	 */
	const char	*const *other_uris;
	struct bytes	 callback_hash;	/* of the URL as Calendly spells it */
	struct bytes	 wish;		/* hash of the URL, organization and
					 * events that it was made for */
	/*
	 * It answered with an error within the last 25 hours, so Calendly may
	 * send those deliveries again.
	 */
	bool		 refused;
	bool		 drains;	/* it stays until drain_left is 0 */
	int64_t		 drain_left;	/* seconds; negative: over */
	int64_t		 missing_for;	/* seconds; -1: it is not missing */
	bool		 unconfirmed;	/* Calendly may still have it */
};

struct subscription_intent {
	struct bytes	 hash;
	const char	*connection_id;
	const char	*grant_id;
	const char	*organization_uri;
	const char	*const *events;
	struct bytes	 wish;
};

/* Stores that a subscription is about to be made, with a new endpoint. */
enum cal_err	subscription_add(struct tx *,
		    const struct subscription_intent *,
		    const char **subscription_id, const char **endpoint_id)
		    ERR_CHECK;
/* Lists a grant's endpoints, newest first. */
enum cal_err	subscription_known(struct tx *, const char *grant_id,
		    struct known **, int *n) ERR_CHECK;
/*
 * Makes this subscription the active one; the grant's other active ones become
 * replaced and their endpoints drain.
 */
enum cal_err	subscription_activate(struct tx *, const char *grant_id,
		    const char *subscription_id, const char *uri,
		    const char *organization_uri, const char *const *events)
		    ERR_CHECK;
/* Stores that the subscription is deleted at Calendly. */
enum cal_err	subscription_mark_gone(struct tx *, const char *subscription_id,
		    const char *uri) ERR_CHECK;
enum cal_err	endpoint_set_key(struct tx *, const char *endpoint_id,
		    struct bytes sealed) ERR_CHECK;
/* Retires all endpoints of a grant for good. */
enum cal_err	endpoints_retire(struct tx *, const char *grant_id) ERR_CHECK;
/*
 * Lists every URI that may still exist at Calendly, ending with NULL: those of
 * this grant, and those that earlier grants of its connection left behind.
 * "unnamed" stands for a subscription that this grant asked for but whose URI
 * was never learned.
 */
enum cal_err	subscription_uris(struct tx *, const char *grant_id,
		    const char *unnamed, const char *const **) ERR_CHECK;

#endif
