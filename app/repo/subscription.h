/*
 * subscription: our webhook subscriptions, and the endpoints they call.
 *
 * All of it needs a tenant's transaction.
 */
#ifndef APP_REPO_SUBSCRIPTION_H
#define APP_REPO_SUBSCRIPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "app/domain/status.h"
#include "lib/buf.h"
#include "lib/err.h"

struct tx;

/* An endpoint of a grant with the subscription that was made for it. */
struct known {
	const char	*endpoint_id;
	struct bytes	 hash;
	enum endpoint_state	 endpoint_state;
	const char	*subscription_id;
	const char	*uri;		/* NULL: not known to exist */
	enum subscription_state	 state;	/* none: no subscription */
	const char	*organization_uri;
	/* Further URIs that lead to this endpoint; NULL-terminated, or NULL. */
	const char	*const *other_uris;
	struct bytes	 callback_hash;	/* as Calendly spells its URL */
	struct bytes	 wish;		/* what it was made for */
	/* Answered with an error within 25 hours, which Calendly retries. */
	bool		 refused;
	bool		 drains;	/* not deleted before its time is over */
	int64_t		 drain_left;	/* s; that time, from now */
	int64_t		 missing_for;	/* s; -1: in the last complete list */
	bool		 unconfirmed;	/* Calendly never said that it's gone */
};

struct subscription_intent {
	struct bytes	 hash;
	const char	*connection_id;
	const char	*grant_id;
	const char	*organization_uri;
	const char	*const *events;
	struct bytes	 wish;
};

/* Record the intent to subscribe. */
enum cal_err	subscription_add(struct tx *,
		    const struct subscription_intent *,
		    const char **subscription_id, const char **endpoint_id)
		    ERR_CHECK;
/* Newest first. */
enum cal_err	subscription_known(struct tx *, const char *grant_id,
		    struct known **, int *n) ERR_CHECK;
/* This one counts; others of the grant are replaced and drain. */
enum cal_err	subscription_activate(struct tx *, const char *grant_id,
		    const char *subscription_id, const char *uri,
		    const char *organization_uri, const char *const *events)
		    ERR_CHECK;
/* Deleted at Calendly. */
enum cal_err	subscription_mark_gone(struct tx *, const char *subscription_id,
		    const char *uri) ERR_CHECK;
enum cal_err	endpoint_set_key(struct tx *, const char *endpoint_id,
		    struct bytes sealed) ERR_CHECK;
/* All of a grant, for good. */
enum cal_err	endpoints_retire(struct tx *, const char *grant_id) ERR_CHECK;
/*
 * Every URI that may still stand at Calendly, a NULL-terminated list: of this
 * grant, and of what earlier grants of its connection had to leave; "unnamed"
 * stands for what this one asked for and whose URI was never learned.
 */
enum cal_err	subscription_uris(struct tx *, const char *grant_id,
		    const char *unnamed, const char *const **) ERR_CHECK;

#endif
