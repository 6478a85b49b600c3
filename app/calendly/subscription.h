/*
 * subscription: Calendly's webhook subscriptions: listing, making and deleting
 * them.
 */
#ifndef APP_CALENDLY_SUBSCRIPTION_H
#define APP_CALENDLY_SUBSCRIPTION_H

#include <stdbool.h>
#include <stddef.h>

#include "app/calendly/client.h"
#include "lib/err.h"

struct secret;

/*
 * A subscription as Calendly describes it.  Each member may be NULL, if
 * Calendly does not say it or it can't be read.  That never means that the
 * subscription does not exist.
 */
struct subscription {
	const char	*uri;
	const char	*callback_url;
	const char	*state;		/* "active" or "disabled";
					 * in lower case */
	const char	*scope;		/* in lower case */
	const char	*const *events;
	const char	*organization;
	const char	*user;
	const char	*created_at;
	const char	*retry_started_at;	/* NULL: it is not
						 * retrying deliveries */
	struct secret	*signing_key;	/* NULL: the answer holds none */
};

/* One page of a list.  It must be zeroed before the first page is asked for. */
struct subscription_page {
	struct subscription *all;
	size_t		 n;
	int		 number;	/* this page's place
					 * in the list, from 1 */
	size_t		 seen;		/* entries of the list
					 * up to this page's end */
	const char	*next;		/* token of the next page;
					 * NULL: this is the last */
};

/* Why Calendly will not let this account have a webhook. */
enum refusal {
	REFUSAL_NONE,
	REFUSAL_PLAN,
	REFUSAL_ROLE,
	REFUSAL_SCOPE,
	REFUSAL_REJECTED,	/* Calendly rejects the
				 * request itself as wrong */
};

/* The subscription that Calendly is asked to make. */
struct subscription_wish {
	const char	*organization;
	const char	*user;
	const char	*url;
	const char	*const *events;
	const struct secret *signing_key;	/* NULL: signed with
						 * the app's key */
};

/*
 * Gets one page of a user's subscriptions in one organization; "page_token" is
 * NULL for the first.  CAL_UPSTREAM also if the answer can't be used, or the
 * list does not end.
 */
enum cal_err	subscription_page(struct behalf, const struct secret *token,
		    const char *organization, const char *user,
		    const char *page_token, struct subscription_page *)
		    ERR_CHECK;
/*
 * Makes a subscription.  CAL_CONFLICT: there is one with this URL already.
 * CAL_DENIED, CAL_INVALID: refused for good, "why" says why.  CAL_UPSTREAM: it
 * may have been made; it certainly was if client_is_unusable().
 */
enum cal_err	subscription_create(struct behalf, const struct secret *token,
		    const struct subscription_wish *, struct subscription *,
		    enum refusal *why) ERR_CHECK;
/*
 * Gets one subscription by its URI.  CAL_NOTFOUND: it is gone (404, 410).  The
 * answer's "uri" is never NULL.
 */
enum cal_err	subscription_find(struct behalf, const struct secret *token,
		    const char *uri, struct subscription *) ERR_CHECK;
/* Deletes a subscription.  CAL_OK also if it is gone already (404, 410). */
enum cal_err	subscription_delete(struct behalf, const struct secret *token,
		    const char *uri) ERR_CHECK;

#endif
