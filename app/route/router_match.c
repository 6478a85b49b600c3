/* router_match: finds the route for a method and a path. */
#include <stdbool.h>
#include <string.h>

#include "app/route/router_match.h"
#include "lib/arena.h"
#include "lib/req.h"

struct piece {
	const char	*p;
	size_t		 n;
};

/*
 * Compares a path with a pattern segment by segment and puts the segments that
 * match braces into "args".  The path has no encoded slashes, because nginx has
 * decoded and normalised it.
 */
static bool
path_matches(const char *pattern, const char *path, struct piece *args)
{
	size_t	 np, n, narg = 0;

	while (*pattern == '/' && *path == '/') {
		np = strcspn(++pattern, "/");
		n = strcspn(++path, "/");
		if (np > 0 && pattern[0] == '{') {
			if (n == 0 || narg == REQ_ARGS)
				return false;
			args[narg].p = path;
			args[narg++].n = n;
		} else if (np != n || memcmp(pattern, path, n) != 0)
			return false;
		pattern += np;
		path += n;
	}
	return *pattern == '\0' && *path == '\0';
}

static bool
method_matches(const struct route *route, const struct req *r)
{
	return strcmp(route->method, r->head ? "GET" : r->method) == 0;
}

static void
take_args(struct req *r, const struct piece *args)
{
	size_t	 i;

	for (i = 0; i < REQ_ARGS && args[i].p != NULL; i++)
		r->arg[i] = arena_ndup(r->mem, args[i].p, args[i].n);
}

/*
 * Adds a method to the list "allow" unless it is there already: several routes
 * may match one path.
 */
static const char *
also_allow(struct arena *mem, const char *allow, const char *method)
{
	const char	*more = strcmp(method, "GET") == 0 ? ", HEAD" : "";
	const size_t	 n = strlen(method);
	const char	*p;

	if (allow == NULL)
		return arena_printf(mem, "%s%s", method, more);
	for (p = allow; *p != '\0'; p += strspn(p, ", ")) {
		if (strcspn(p, ",") == n && strncmp(p, method, n) == 0)
			return allow;
		p += strcspn(p, ",");
	}
	return arena_printf(mem, "%s, %s%s", allow, method, more);
}

const struct route *
route_match(const struct route *const *tables, struct req *r, bool ingest,
    struct route_miss *miss)
{
	const struct route	*route;

	*miss = (struct route_miss){ .allow = NULL };
	for (; *tables != NULL; tables++) {
		for (route = *tables; route->method != NULL; route++) {
			struct piece	 args[REQ_ARGS] = { { NULL, 0 } };

			if (((route->flags & ROUTE_INGEST) != 0) != ingest ||
			    !path_matches(route->path, r->path, args))
				continue;
			if (method_matches(route, r)) {
				take_args(r, args);
				return route;
			}
			miss->allow = also_allow(r->mem, miss->allow,
			    route->method);
			miss->flags |= route->flags;
		}
	}
	return NULL;
}
