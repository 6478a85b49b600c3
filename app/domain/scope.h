/*
 * scope: Calendly's OAuth scopes.  "x:write" includes "x:read".
 */
#ifndef APP_DOMAIN_SCOPE_H
#define APP_DOMAIN_SCOPE_H

#include <stdbool.h>

/*
 * Says whether this scope is among those granted, or included in one of them.
 * "granted" is NULL-terminated.
 */
bool	scope_covers(const char *const *granted, const char *wanted);
/*
 * Says whether "granted" covers all scopes in "wanted".  Both lists are
 * NULL-terminated.
 */
bool	scopes_cover(const char *const *granted, const char *const *wanted);

#endif
