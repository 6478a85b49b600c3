/*
 * subscription: webhook subscriptions as Calendly holds them.
 */
#ifndef APP_CALENDLY_SUBSCRIPTION_H
#define APP_CALENDLY_SUBSCRIPTION_H

#include <stdbool.h>
#include <stddef.h>

#include "app/calendly/client.h"
#include "lib/err.h"

struct secret;

/*
 * Any of these may be NULL: Calendly did not say it, or not so that it can be
 * read.  That never means that the subscription does not exist.
 */
struct subscription {
	const char	*uri;
	const char	*callback_url;
	const char	*state;		/* active, disabled; in lower case */
	const char	*scope;		/* in lower case */
	const char	*const *events;
	const char	*organization;
	const char	*user;
	const char	*created_at;
	const char	*retry_started_at;	/* NULL: all is well */
	struct secret	*signing_key;	/* NULL: none came along */
};

/* Zeroed before the first page is asked for. */
struct subscription_page {
	struct subscription *all;
	size_t		 n;
	int		 number;	/* which page of the list this is */
	size_t		 seen;		/* entries up to its end */
	const char	*next;		/* a page token; NULL: the last page */
};

/* Why Calendly will not let this account have a webhook. */
enum refusal {
	REFUSAL_NONE,
	REFUSAL_PLAN,
	REFUSAL_ROLE,
	REFUSAL_SCOPE,
	REFUSAL_REJECTED,	/* the request itself: it is wrong somehow */
};

/* What is asked for. */
struct subscription_wish {
	const char	*organization;
	const char	*user;
	const char	*url;
	const char	*const *events;
	const struct secret *signing_key;	/* NULL: the app's will do */
};

/*
 * One page of the subscriptions of one user in one organization.  CAL_UPSTREAM
 * also if it cannot be used, and if the list does not end.
 */
enum cal_err	subscription_page(struct behalf, const struct secret *token,
		    const char *organization, const char *user,
		    const char *page_token, struct subscription_page *)
		    ERR_CHECK;
/*
 * CAL_CONFLICT: one with this URL is there already.  CAL_DENIED and
 * CAL_INVALID: refused for good, "why" says for what.  CAL_UPSTREAM: it may
 * have been made, and was if the client calls the reply unusable.
 */
enum cal_err	subscription_create(struct behalf, const struct secret *token,
		    const struct subscription_wish *, struct subscription *,
		    enum refusal *why) ERR_CHECK;
/* CAL_NOTFOUND: it is gone (404, 410).  "uri" of the answer is never NULL. */
enum cal_err	subscription_find(struct behalf, const struct secret *token,
		    const char *uri, struct subscription *) ERR_CHECK;
/* CAL_OK also if it is gone already (404, 410). */
enum cal_err	subscription_delete(struct behalf, const struct secret *token,
		    const char *uri) ERR_CHECK;

#endif
