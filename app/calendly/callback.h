/*
 * callback: the URLs that subscriptions call, compared as Calendly may write
 * them.
 *
 * Calendly need not repeat a URL letter by letter: scheme and host may come
 * in another case, with the scheme's own port, with a slash at the end.
 */
#ifndef APP_CALENDLY_CALLBACK_H
#define APP_CALENDLY_CALLBACK_H

#include <stdbool.h>

struct arena;

/* Where a subscription of ours calls this endpoint. */
const char	*callback_url(struct arena *, const char *backend_url,
		    const char *endpoint);
/* The one way to write a URL; one that can't be parsed stays as it is. */
const char	*callback_normal(struct arena *, const char *url);
/* Do both lead to the same place?  False if either is NULL. */
bool		 callback_same(struct arena *, const char *, const char *);
/* The last part of its path, "" if there is none. */
const char	*callback_last(struct arena *, const char *url);

#endif
