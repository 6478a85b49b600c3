/*
 * scopes: what a user's grant lacks of what this deployment needs.
 */
#ifndef APP_SERVICE_SCOPES_H
#define APP_SERVICE_SCOPES_H

struct arena;
struct calendly;

/* A NULL-terminated list. */
const char *const	*scopes_missing(const struct calendly *,
			    struct arena *, const char *const *granted);

#endif
