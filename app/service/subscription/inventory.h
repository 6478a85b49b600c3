/*
 * inventory: what Calendly lists for a grant, matched with our rows.
 *
 * A subscription is ours if its URI is in a row of this grant, or of a dead
 * grant of the same connection and account that had to leave it behind.  It is
 * also ours if the last part of its callback URL is, hashed, an endpoint of
 * such a row, whatever the rest of the URL is and even if other fields are
 * unreadable.  Subscriptions that are not ours are never touched.  A
 * subscription that is not listed may still exist: see unlisted.h.
 */
#ifndef APP_SERVICE_SUBSCRIPTION_INVENTORY_H
#define APP_SERVICE_SUBSCRIPTION_INVENTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "app/calendly/subscription.h"
#include "lib/buf.h"
#include "lib/err.h"

struct arena;
struct errand;
struct service;
struct grant;
struct known;
struct secret;

/* One subscription at Calendly. */
struct found {
	struct subscription	 sub;
	struct known		*ours;	/* the row in our database that it
					 * belongs to; NULL: none, so it is not
					 * ours and must not be touched */
	bool			 elsewhere;	/* in an organization
						 * that the user has left */
	bool			 unlisted;	/* in no list, but
						 * asked for by its URI */
	/*
	 * It is in no list, and Calendly neither confirms nor denies that it
	 * exists.
	 */
	bool			 unknown;
	bool			 removed;	/* just deleted by us
						 * or reported gone */
};

enum { INVENTORY_ORGANIZATIONS_MAX = 8 };

struct inventory {
	struct known	*known;		/* our rows, newest first */
	int		 nknown;
	struct found	*found;		/* what is at Calendly */
	size_t		 nfound;
	/* Subscriptions in our rows that Calendly itself says are gone. */
	struct found	*gone;
	size_t		 ngone;
	/* Former organizations whose lists Calendly does not show us. */
	const char	*closed[INVENTORY_ORGANIZATIONS_MAX];
	size_t		 nclosed;
};

/*
 * Lists all pages of subscriptions at Calendly, for the account's organization
 * and for each other organization in our rows.  CAL_UPSTREAM also if the pages
 * never end.
 */
enum cal_err	inventory_take(const struct errand *, const struct grant *,
		    const struct secret *token, struct inventory *) ERR_CHECK;
/*
 * Says whether a subscription of this row is at Calendly, as far as is known.
 */
bool		inventory_finds(const struct inventory *, const struct known *);
/* Says whether the subscription with this URI was found. */
bool		inventory_lists(struct arena *, const struct inventory *,
		    const char *uri);
/*
 * Says whether this subscription was found already, perhaps under another URI.
 * One user cannot have two subscriptions for one callback URL, so the same URL
 * and the same time of creation mean the same one.
 */
bool		inventory_shows(struct arena *, const struct inventory *,
		    const struct subscription *);
/* Appends a subscription to an array that grows in the arena. */
void		inventory_add(struct arena *, struct found **, size_t *n,
		    struct found);
/* A callback URL with its last part, which is a secret, replaced by "***". */
const char	*inventory_masked(struct arena *, const char *callback_url);
/*
 * A hash of BACKEND_URL and a callback URL.  It records how Calendly spelled
 * the URL when it made the subscription (in its 201).
 */
struct bytes	inventory_callback_hash(const struct service *, struct arena *,
		    const char *callback_url);

#endif
