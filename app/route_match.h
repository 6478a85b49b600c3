/*
 * route_match: which route a method and a path mean.
 */
#ifndef APP_ROUTE_MATCH_H
#define APP_ROUTE_MATCH_H

#include <stdbool.h>

#include "app/route.h"

/*
 * The route, with r->arg set; else NULL, and then "allow" lists the methods
 * that the path takes ("GET, HEAD"), or is NULL if there is no such path.
 * "tables" ends with NULL; "ingest" says which pool asks.
 */
const struct route	*route_match(const struct route *const *tables,
			    struct req *, bool ingest, const char **allow);

#endif
