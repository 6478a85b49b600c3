/*
 * callback: the URLs that our subscriptions call, and comparing them with what
 * Calendly writes.
 *
 * Calendly need not repeat a URL letter by letter: it may change the case of
 * scheme and host, name the scheme's default port, or add a slash at the end.
 */
#ifndef APP_CALENDLY_CALLBACK_H
#define APP_CALENDLY_CALLBACK_H

#include <stdbool.h>

struct arena;

/* The URL by which a subscription calls this endpoint. */
const char	*callback_url(struct arena *, const char *backend_url,
		    const char *endpoint);
/*
 * Normalises a URL: origin and path only, without slashes at the end.  A URL
 * that can't be parsed only loses those slashes.
 */
const char	*callback_normal(struct arena *, const char *url);
/*
 * Says whether both URLs are equal when normalised.  False if either is NULL.
 */
bool		 callback_same(struct arena *, const char *, const char *);
/* The last part of the URL's path; "" if there is none. */
const char	*callback_last(struct arena *, const char *url);

#endif
