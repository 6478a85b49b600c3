/*
 * router: from a request to the function that answers it.
 *
 * Each family of URLs has a file in app/route/ that exports one table.  The
 * router finds the route, lets the caller in, opens a read transaction where
 * asked to, calls the handler, and turns what it returns into an answer.
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
	ROUTE_INGEST = 2,	/* for ingest workers, see webhook_receive();
				 * others are for app workers */
	ROUTE_BROWSER = 4,	/* a person looks: errors lead to a page */
	ROUTE_QUERY = 8,	/* asks query_known(), which also refuses what
				 * is wrong with the query string as such */
	ROUTE_CALLS = 16,	/* may have to wait for Calendly: only so many
				 * workers do at a time, see calling.h */
};

/*
 * A path is literal but for whole segments in braces, which match one
 * segment that is not empty and go to r->arg in order.  The first that fits
 * counts, so "/connect/again" goes before "/connect/{session}".  GET takes
 * HEAD, too: a handler that changes something must look at r->head.
 *
 * A handler answers and returns CAL_OK, or returns what went wrong, said
 * more closely with req_fail(), and does not answer; or it puts the request
 * off with req_later() and returns CAL_OK.
 */
struct route {
	const char	*method;	/* NULL ends a table */
	const char	*path;
	/* One of the two: what reads does so in a transaction of its caller's
	 * tenant, which is rolled back, and needs ROUTE_KEY. */
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
extern const struct route	health_routes[];
extern const struct route	metrics_routes[];

/*
 * What metrics call the routes, ending with NULL; the last of them is for
 * requests that have none.
 */
const char *const	*route_names(struct arena *);

/*
 * The one handler of the ingest pool: all requests that have come together, so
 * that they share a commit.  "rc" gets what a handler returns, for each.
 */
void	webhook_receive(struct service *, struct arena *,
	    struct req *const *, enum cal_err *rc, size_t n);

/* An app worker's request.  Answers, always, unless the handler put it off. */
void	route_dispatch(struct service *, struct req *);
/* Those of an ingest worker.  Answers all, always. */
void	route_dispatch_all(struct service *, struct arena *, struct req *,
	    size_t n);

#endif
