/* router: finds and calls the function that answers a request. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "app/metric/metric.h"
#include "app/repo/tenant.h"
#include "app/repo/tx.h"
#include "app/route/access.h"
#include "app/route/page.h"
#include "app/route/problem.h"
#include "app/route/query.h"
#include "app/route/router.h"
#include "app/route/router_match.h"
#include "app/route/webhook.h"
#include "app/service/calls/calling.h"
#include "app/settings/settings.h"
#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/db.h"
#include "lib/log.h"
#include "lib/req.h"

static const struct route *const	tables[] = {
	webhook_routes,
	event_routes,
	meeting_routes,
	destination_routes, destination_test_routes, replay_routes, push_routes,
	connection_routes, token_routes,
	session_routes,
	connect_routes,
	health_routes,
	metrics_routes,
	NULL,
};

/*
 * Runs the handler in a transaction, so that it sees a single state of its
 * tenant's rows; the transaction is always rolled back, so that the handler
 * cannot change any.
 */
static enum cal_err
read_within(struct service *cal, const struct route *route, struct req *r)
{
	const struct api_key	*key = r->caller;
	struct tx		 tx;
	enum cal_err		 rc;

	if ((rc = tx_begin(&tx, cal->db, r->mem, key->tenant_id)) != CAL_OK)
		return rc;
	rc = route->read(cal, &tx, r);
	db_leave(cal->db);
	return rc;
}

/*
 * Checks the form of the query string.  On a route with ROUTE_QUERY a fault
 * does not end the request here, because query_known() reports it together with
 * other faults.
 */
static enum cal_err
check_query(const struct route *route, struct req *r)
{
	const enum cal_err	 rc = query_check(r);

	return (route->flags & ROUTE_QUERY) != 0 ? CAL_OK : rc;
}

/*
 * If the handler failed because another transaction held a row, the caller is
 * told so: the usual text would say that the database cannot be reached.
 */
static enum cal_err
tell_rows_held(struct service *cal, struct req *r, enum cal_err rc)
{
	if (rc != CAL_UNAVAILABLE || r->code != NULL ||
	    !db_was_locked(cal->db))
		return rc;
	return req_fail(r, rc, "unavailable", "Somebody else has been at what "
	    "this needs for a second or more. Try again in a moment; if that "
	    "goes on, ask your operator who holds rows in the database.");
}

static enum cal_err
call_out(struct service *cal, const struct route *route, struct req *r)
{
	const int64_t	 waited = (clock_us() - r->begun) / 1000;
	enum cal_err	 rc;

	if (calling_begin(cal)) {
		rc = route->handle(cal, r);
		calling_end(cal);
		return rc;
	}
	if (waited < CALLING_WAIT_MS && req_later(r,
	    calling_next_look(waited)))
		return CAL_OK;
	return req_fail(r, CAL_UNAVAILABLE, NULL, "too many requests wait for "
	    "Calendly, which takes long to answer just now");
}

static enum cal_err
call_route(struct service *cal, const struct route *route, struct req *r)
{
	enum cal_err	 rc;

	if ((route->flags & ROUTE_KEY) != 0 &&
	    ((rc = access_let_in(cal, r)) != CAL_OK ||
	    (rc = check_query(route, r)) != CAL_OK))
		return rc;
	if (route->read != NULL)
		rc = read_within(cal, route, r);
	else if ((route->flags & ROUTE_CALLS) != 0)
		rc = call_out(cal, route, r);
	else
		rc = route->handle(cal, r);
	return tell_rows_held(cal, r, rc);
}

static void
answer_failure(const struct route *route, struct req *r, enum cal_err rc)
{
	if (r->status != 0) {
		log_warn("%s %s failed after it was answered: %s",
		    route->method, route->path, err_name(rc));
		return;
	}
	if (rc == CAL_OK)
		log_warn("%s %s did not answer", route->method, route->path);
	if ((route->flags & ROUTE_BROWSER) != 0)
		page_answer(r, PAGE_TRY_AGAIN);	/* retries this address, as the
						 * session may be unknown */
	else
		problem_answer(r, rc);
}

static enum page
page_for(const struct route_miss *miss)
{
	if (miss->allow == NULL)
		return PAGE_NOT_FOUND;
	return (miss->flags & ROUTE_BROWSER) != 0 ? PAGE_START_AGAIN :
	    PAGE_BAD_METHOD;
}

static enum cal_err
why_no_route(struct req *r, const struct route_miss *miss)
{
	if (miss->allow == NULL)
		return req_fail(r, CAL_NOTFOUND, "not_found",
		    "There is no such address.");
	return req_fail(r, CAL_INVALID, "method_not_allowed",
	    arena_printf(r->mem, "It takes %s.", miss->allow));
}

/* Answers a person with a page and a program with a problem document. */
static void
answer_no_route(struct req *r, const struct route_miss *miss)
{
	const enum cal_err	 rc = why_no_route(r, miss);

	if (miss->allow != NULL)
		req_header(r, "Allow", miss->allow);
	if (page_wanted(r, (miss->flags & ROUTE_BROWSER) != 0))
		page_answer(r, page_for(miss));
	else
		problem_answer(r, rc);
}

/*
 * Returns the index of the route's name in route_names(); that of the last name
 * if there is no route.
 */
static int
route_number(const struct route *route)
{
	const struct route *const	*table;
	const struct route		*each;
	int				 n = 0;

	for (table = tables; *table != NULL; table++)
		for (each = *table; each->method != NULL; each++, n++)
			if (each == route)
				return n;
	return n;
}

const char *const *
route_names(struct arena *mem)
{
	const struct route *const	*table;
	const struct route		*each;
	const char			**names;
	size_t				 n = 2;

	for (table = tables; *table != NULL; table++)
		for (each = *table; each->method != NULL; each++)
			n++;
	names = arena_array(mem, n, sizeof(*names));
	for (n = 0, table = tables; *table != NULL; table++)
		for (each = *table; each->method != NULL; each++)
			names[n++] = arena_printf(mem, "%s %s", each->method,
			    each->path);
	names[n] = "none";
	return names;
}

/*
 * Counts and logs the request by its route.  The path itself is never logged,
 * because it may hold a secret.
 */
static void
count_request(const struct route *route, const struct req *r, int64_t us)
{
	metric_request(route_number(route), r->status, us);
	log_debug("%s %s: %d in %lld ms",
	    route != NULL ? route->method : "no route",
	    route != NULL ? route->path : "-", r->status,
	    (long long)us / 1000);
}

static const struct route *
begin_request(struct req *r, bool ingest, struct route_miss *miss)
{
	log_request(r->id);
	req_header(r, "X-Request-Id", r->id);
	req_header(r, "Cache-Control", "no-store");
	return route_match(tables, r, ingest, miss);
}

static void
end_request(const struct route *route, struct req *r, enum cal_err rc,
    int64_t begun)
{
	if (rc != CAL_OK || r->status == 0)
		answer_failure(route, r, rc);
	count_request(route, r, clock_us() - begun);
}

static void
end_without(struct req *r, const struct route_miss *miss, int64_t begun)
{
	answer_no_route(r, miss);
	count_request(NULL, r, clock_us() - begun);
}

void
route_dispatch(struct service *cal, struct req *r)
{
	const struct route	*route;
	struct route_miss	 miss;
	enum cal_err		 rc;

	if ((route = begin_request(r, false, &miss)) == NULL) {
		end_without(r, &miss, r->begun);
		return;
	}
	rc = call_route(cal, route, r);
	if (r->later_ms == 0)
		end_request(route, r, rc, r->begun);
}

struct route_batch {
	struct webhooks		*webhooks;
	const struct route	*route;		/* of all: the ingest pool has
						 * only one */
	size_t			 n;
	struct req		*all[];		/* those that have a route */
};

struct route_batch *
route_batch_new(struct arena *mem, size_t most)
{
	struct route_batch	*b = arena_alloc(mem, sizeof(*b) +
				    most * sizeof(b->all[0]));

	b->webhooks = webhooks_new(mem, most);
	b->route = NULL;
	b->n = 0;
	return b;
}

void
route_batch_add(struct service *cal, struct route_batch *b, struct req *r)
{
	const struct route	*route;
	struct route_miss	 miss;

	if ((route = begin_request(r, true, &miss)) == NULL) {
		end_without(r, &miss, r->begun);
		return;
	}
	b->route = route;
	b->all[b->n++] = r;
	webhooks_add(cal, b->webhooks, r);
}

void
route_batch_store(struct service *cal, struct route_batch *b)
{
	webhooks_store(cal, b->webhooks);
}

void
route_batch_answer(struct route_batch *b)
{
	size_t	 i;

	for (i = 0; i < b->n; i++) {
		log_request(b->all[i]->id);
		end_request(b->route, b->all[i], webhooks_answer(b->webhooks,
		    i), b->all[i]->begun);
	}
}
