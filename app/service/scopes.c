/*
 * scopes: see scopes.h.
 */
#include <stddef.h>

#include "app/domain/scope.h"
#include "app/service/scopes.h"
#include "app/service/service.h"
#include "app/settings/settings.h"
#include "lib/arena.h"

const char *const *
scopes_missing(const struct service *cal, struct arena *mem,
    const char *const *granted)
{
	const char *const	*wanted = cal->set->scopes;
	const char		**list;
	size_t			 n = 0;

	while (wanted[n] != NULL)
		n++;
	list = arena_array(mem, n + 1, sizeof(*list));
	for (n = 0; *wanted != NULL; wanted++)
		if (!scope_covers(granted, *wanted))
			list[n++] = *wanted;
	return list;
}
