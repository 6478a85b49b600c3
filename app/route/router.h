/*
 * router: finds and calls the function that answers a request.
 *
 * Each family of URLs has a file in app/route/ that exports one table.  The
 * router finds the route, lets the caller in, opens a read transaction where
 * the route asks for one, calls the handler, and turns the handler's result
 * into an answer.
 */
#ifndef APP_ROUTE_ROUTER_H
#define APP_ROUTE_ROUTER_H

#include <stddef.h>

#include "app/service/service.h"
#include "lib/err.h"

struct arena;
struct req;
struct tx;

enum {
	ROUTE_KEY = 1,		/* needs an API key: r->caller is set */
	ROUTE_INGEST = 2,	/* for ingest workers (webhook.h); the others
				 * are for app workers */
	ROUTE_BROWSER = 4,	/* a person visits it: errors lead to a page */
	ROUTE_QUERY = 8,	/* the handler calls query_known(), which also
				 * reports a query string of a wrong form */
	ROUTE_CALLS = 16,	/* may have to wait for Calendly: only some
				 * workers may at a time (calling.h) */
};

/*
 * A path is matched literally, except for segments in braces, each of which
 * matches one segment that is not empty; these go to r->arg in order.  The
 * first route that matches counts, so "/connect/again" must stand before
 * "/connect/{session}".  GET also takes HEAD: a handler that changes something
 * must look at r->head.
 *
 * A handler either answers and returns CAL_OK; or does not answer and returns
 * an error, which it may explain with req_fail(); or puts the request off with
 * req_later() and returns CAL_OK.
 */
struct route {
	const char	*method;	/* NULL ends a table */
	const char	*path;
	/*
	 * Each route has one of these two functions.  "read" is for a route
	 * that only reads: it runs in a transaction of the caller's tenant,
	 * which is rolled back at the end, and needs ROUTE_KEY.
	 */
	enum cal_err	(*handle)(struct service *, struct req *);
	enum cal_err	(*read)(struct service *, struct tx *, struct req *);
	unsigned	 flags;
};

extern const struct route	connect_routes[];
extern const struct route	webhook_routes[];
extern const struct route	session_routes[];
extern const struct route	connection_routes[];
extern const struct route	token_routes[];
extern const struct route	event_routes[];
extern const struct route	meeting_routes[];
extern const struct route	destination_routes[];
extern const struct route	destination_test_routes[];
extern const struct route	replay_routes[];
extern const struct route	push_routes[];
extern const struct route	health_routes[];
extern const struct route	metrics_routes[];

/*
 * Returns the routes' names for metrics, ending with NULL; the last one is for
 * requests without a route.
 */
const char *const	*route_names(struct arena *);

/*
 * Serves a request of an app worker: always answers it, unless the handler put
 * it off.
 */
void	route_dispatch(struct service *, struct req *);

/*
 * The requests that an ingest worker serves together: they are added one by
 * one, stored by one commit, and then all of them are answered.  Only storing
 * them needs the database.
 */
struct route_batch;

/* Makes a batch for at most so many requests; it is the arena's. */
struct route_batch *route_batch_new(struct arena *, size_t most);
/* "r" must stay where it is until it is answered. */
void	route_batch_add(struct service *, struct route_batch *, struct req *);
void	route_batch_store(struct service *, struct route_batch *);
void	route_batch_answer(struct route_batch *);

#endif
