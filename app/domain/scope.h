/*
 * scope: OAuth scopes of Calendly.  "x:write" includes "x:read".
 */
#ifndef APP_DOMAIN_SCOPE_H
#define APP_DOMAIN_SCOPE_H

#include <stdbool.h>

/* Is this scope among those granted, or included in one? */
bool	scope_covers(const char *const *granted, const char *wanted);
/* Are all of them? */
bool	scopes_cover(const char *const *granted, const char *const *wanted);

#endif
