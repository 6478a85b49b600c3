/*
 * scopes: which of the scopes that this deployment needs a grant does not have.
 */
#ifndef APP_SERVICE_SCOPES_H
#define APP_SERVICE_SCOPES_H

struct arena;
struct service;

/*
 * The configured scopes that "granted" does not cover.  The result is a
 * NULL-terminated list in the arena.
 */
const char *const	*scopes_missing(const struct service *,
			    struct arena *, const char *const *granted);

#endif
