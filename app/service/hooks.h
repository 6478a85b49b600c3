/*
 * hooks: what Calendly holds for a grant, set beside what we know of it.
 *
 * Ours are those whose callback URL's last part is, hashed, an endpoint of
 * this grant (or of a dead one of the same connection and account, which had
 * to leave it behind), whatever the host before it.  Any other subscription
 * is never touched.
 */
#ifndef APP_SERVICE_HOOKS_H
#define APP_SERVICE_HOOKS_H

#include <stdbool.h>
#include <stddef.h>

#include "app/calendly/subscription.h"
#include "lib/err.h"

struct arena;
struct calendly;
struct grant;
struct hook;
struct secret;

/* One subscription at Calendly. */
struct found {
	struct subscription	 sub;
	const struct hook	*ours;	/* NULL: not ours */
};

struct hooks {
	struct hook	*known;		/* our rows */
	int		 nknown;
	struct found	*found;		/* at Calendly */
	size_t		 nfound;
};

/*
 * Ask Calendly for all pages, for the account's organization and for every
 * one in our rows.  CAL_UPSTREAM also for a listing without an end.
 */
enum cal_err	hooks_look(struct calendly *, struct arena *,
		    const struct grant *, const struct secret *token,
		    struct hooks *) ERR_CHECK;
bool		hooks_finds(const struct hooks *, const struct hook *);

#endif
