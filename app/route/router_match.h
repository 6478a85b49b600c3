/*
 * router_match: which route a method and a path mean.
 */
#ifndef APP_ROUTE_ROUTER_MATCH_H
#define APP_ROUTE_ROUTER_MATCH_H

#include <stdbool.h>

#include "app/route/router.h"

/* What is known of a path that has no route for the request's method. */
struct route_miss {
	const char	*allow;		/* the methods that it takes ("GET,
					 * HEAD"); NULL: there is no such path */
	unsigned	 flags;		/* of the routes that it has */
};

/*
 * The route, with r->arg set; else NULL, and "miss" says why.  "tables" ends
 * with NULL; "ingest" says which pool asks.
 */
const struct route	*route_match(const struct route *const *tables,
			    struct req *, bool ingest, struct route_miss *);

#endif
