/*
 * scopes: what a user's grant lacks of what this deployment needs.
 */
#ifndef APP_SERVICE_SCOPES_H
#define APP_SERVICE_SCOPES_H

struct arena;
struct service;

/* A NULL-terminated list. */
const char *const	*scopes_missing(const struct service *,
			    struct arena *, const char *const *granted);

#endif
