/*
 * inventory: what Calendly lists for a grant, set beside what we know of it.
 *
 * Ours are those whose URI is in a row of this grant (or of a dead one of the
 * same connection and account, which had to leave it behind), or whose
 * callback URL's last part is, hashed, an endpoint of it, whatever the host
 * before it and whatever else can't be read.  Any other subscription is never
 * touched.  That one is not listed does not yet mean that it is gone: see
 * unlisted.h.
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
	struct known		*ours;	/* NULL: not ours */
	bool			 elsewhere;	/* not where the user is now */
	bool			 unlisted;	/* asked for by its URI */
	/* Neither listed nor denied: Calendly will not say what it is. */
	bool			 unknown;
	bool			 removed;	/* by us, just now */
};

enum { INVENTORY_ORGANIZATIONS_MAX = 8 };

struct inventory {
	struct known	*known;		/* our rows */
	int		 nknown;
	struct found	*found;		/* at Calendly */
	size_t		 nfound;
	/* What Calendly itself says is gone, though a row has it. */
	struct found	*gone;
	size_t		 ngone;
	/* Former organizations whose lists are not shown to us. */
	const char	*closed[INVENTORY_ORGANIZATIONS_MAX];
	size_t		 nclosed;
};

/*
 * Ask Calendly for all pages, for the account's organization and for every
 * one in our rows.  CAL_UPSTREAM also for a listing without an end.
 */
enum cal_err	inventory_take(const struct errand *, const struct grant *,
		    const struct secret *token, struct inventory *) ERR_CHECK;
/* Is anything of this row at Calendly, as far as is known? */
bool		inventory_finds(const struct inventory *, const struct known *);
/* Is the subscription of this URI? */
bool		inventory_lists(struct arena *, const struct inventory *,
		    const char *uri);
/*
 * Is this one, perhaps under another URI?  One user can't have two for one
 * callback URL, let alone two that were made at the same moment.
 */
bool		inventory_shows(struct arena *, const struct inventory *,
		    const struct subscription *);
/* One more that is there, of an array that grows. */
void		inventory_add(struct arena *, struct found **, size_t *n,
		    struct found);
/* A callback URL without its last part, which is a secret. */
const char	*inventory_masked(struct arena *, const char *callback_url);
/* How a 201 spelled a callback URL, hashed together with BACKEND_URL. */
struct bytes	inventory_callback_hash(const struct service *, struct arena *,
		    const char *callback_url);

#endif
