/*
 * scope: see scope.h.
 */
#include <string.h>

#include "app/domain/scope.h"

bool
scope_covers(const char *const *granted, const char *wanted)
{
	size_t	 family = strcspn(wanted, ":");

	for (; *granted != NULL; granted++) {
		if (strcmp(*granted, wanted) == 0)
			return true;
		if (strcmp(wanted + family, ":read") == 0 &&
		    strncmp(*granted, wanted, family) == 0 &&
		    strcmp(*granted + family, ":write") == 0)
			return true;
	}
	return false;
}

bool
scopes_cover(const char *const *granted, const char *const *wanted)
{
	for (; *wanted != NULL; wanted++)
		if (!scope_covers(granted, *wanted))
			return false;
	return true;
}
