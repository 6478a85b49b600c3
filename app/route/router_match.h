/* router_match: finds the route for a method and a path. */
#ifndef APP_ROUTE_ROUTER_MATCH_H
#define APP_ROUTE_ROUTER_MATCH_H

#include <stdbool.h>

#include "app/route/router.h"

/* Why a request has no route. */
struct route_miss {
	const char	*allow;		/* "GET, HEAD": what the path takes;
					 * NULL: there is no such path */
	unsigned	 flags;		/* all flags of the path's routes */
};

/*
 * Returns the route, with r->arg set; else NULL, with the reason in "miss".
 * "tables" ends with NULL; "ingest" is true for the ingest pool.
 */
const struct route	*route_match(const struct route *const *tables,
			    struct req *, bool ingest, struct route_miss *);

#endif
