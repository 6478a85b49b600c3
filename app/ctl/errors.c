/*
 * errors: what went wrong lately, and what to do about each.
 */
#include <stdlib.h>
#include <string.h>

#include "app/ctl/ctl.h"
#include "app/ctl/out.h"
#include "app/repo/ops.h"
#include "app/repo/ops_delivery.h"
#include "lib/arena.h"

enum { LIMIT = 20, LIMIT_MAX = 1000 };

struct call_advice {
	struct ops_call		 call;
	const char		*todo;
};

struct job_advice {
	struct ops_job		 job;
	const char		*todo;
};

struct delivery_advice {
	struct ops_delivery	 delivery;
	const char		*todo;
};

struct connection_advice {
	struct ops_connection	 connection;
	const char		*todo;
};

static const struct out_column	call_columns[] = {
	{ "at", "AT (UTC)", OUT_TIME, offsetof(struct call_advice, call.at) },
	{ "tenant", "TENANT", OUT_TEXT,
	  offsetof(struct call_advice, call.tenant) },
	{ "user_id", "USER", OUT_TEXT,
	  offsetof(struct call_advice, call.user_id) },
	{ "purpose", "FOR", OUT_TEXT,
	  offsetof(struct call_advice, call.purpose) },
	{ "method", "METHOD", OUT_TEXT,
	  offsetof(struct call_advice, call.method) },
	{ "path", "PATH", OUT_TEXT, offsetof(struct call_advice, call.path) },
	{ "status", "STATUS", OUT_DIGITS,
	  offsetof(struct call_advice, call.status) },
	{ "error", "ERROR", OUT_TEXT,
	  offsetof(struct call_advice, call.error) },
	{ "request_id", "REQUEST ID", OUT_TEXT,
	  offsetof(struct call_advice, call.request_id) },
	{ "todo", "WHAT TO DO", OUT_TEXT, offsetof(struct call_advice, todo) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

static const struct out_column	job_columns[] = {
	{ "id", "ID", OUT_TEXT, offsetof(struct job_advice, job.id) },
	{ "tenant", "TENANT", OUT_TEXT,
	  offsetof(struct job_advice, job.tenant) },
	{ "kind", "KIND", OUT_TEXT, offsetof(struct job_advice, job.kind) },
	{ "subject", "SUBJECT", OUT_TEXT,
	  offsetof(struct job_advice, job.subject) },
	{ "tries", "TRIES", OUT_NUMBER,
	  offsetof(struct job_advice, job.tries) },
	{ "error", "LAST ERROR", OUT_TEXT,
	  offsetof(struct job_advice, job.error) },
	{ "todo", "WHAT TO DO", OUT_TEXT, offsetof(struct job_advice, todo) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

#define DELIVERY(field)	offsetof(struct delivery_advice, delivery.field)

static const struct out_column	delivery_columns[] = {
	{ "id", "EVENT ID", OUT_TEXT, DELIVERY(id) },
	{ "tenant", "TENANT", OUT_TEXT, DELIVERY(tenant) },
	{ "user_id", "USER", OUT_TEXT, DELIVERY(user_id) },
	{ "kind", "KIND", OUT_TEXT, DELIVERY(kind) },
	{ "state", "STATE", OUT_TEXT, DELIVERY(state) },
	{ "tries", "TRIES", OUT_NUMBER, DELIVERY(tries) },
	{ "error", "LAST ERROR", OUT_TEXT, DELIVERY(error) },
	{ "todo", "WHAT TO DO", OUT_TEXT,
	  offsetof(struct delivery_advice, todo) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

static const struct out_column	connection_columns[] = {
	{ "tenant", "TENANT", OUT_TEXT,
	  offsetof(struct connection_advice, connection.tenant) },
	{ "user_id", "USER", OUT_TEXT,
	  offsetof(struct connection_advice, connection.user_id) },
	{ "reason", "REASON", OUT_TEXT,
	  offsetof(struct connection_advice, connection.reason) },
	{ "updated_at", "SINCE (UTC)", OUT_TIME,
	  offsetof(struct connection_advice, connection.updated_at) },
	{ "todo", "WHAT TO DO", OUT_TEXT,
	  offsetof(struct connection_advice, todo) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

/* Is it the OAuth app's own credentials that Calendly refused? */
static bool
is_app_refused(const struct ops_call *call)
{
	return call->error != NULL &&
	    (strstr(call->error, "invalid_client") != NULL ||
	    strstr(call->error, "unauthorized_client") != NULL);
}

/* Calls are tried again by themselves: mostly it is to see that they are. */
static const char *
call_todo(const struct ops_call *call)
{
	const long	 status = call->status == NULL ? 0 :
	    strtol(call->status, NULL, 10);

	if (is_app_refused(call))
		return "check CALENDLY_OAUTH_CLIENT_ID and _SECRET, for all "
		    "users";
	if (status == 0)
		return "nothing, if it was once: tried again; else check the "
		    "way to Calendly";
	if (status == 400 || status == 401)
		return "see the user's connection: needs_reauth means a new "
		    "consent";
	if (status == 403)
		return "see the connection's capability: plan, role or scope "
		    "at Calendly";
	if (status == 404)
		return "nothing: gone at Calendly; reconcile puts it right";
	if (status == 409)
		return "nothing: reconcile looks again and puts it right";
	if (status == 429)
		return "nothing: it is tried again after a pause";
	if (status >= 500)
		return "nothing, if it passes: tried again; else see "
		    "Calendly's status page";
	return "read Calendly's reply in the connection's log";
}

static enum cal_err
print_calls(struct ctl *c, int limit)
{
	struct call_advice	*advice;
	struct ops_call		*rows;
	enum cal_err		 rc;
	int			 i, n;

	rc = ops_call_list(c->db, c->mem, c->arg[0], limit, &rows, &n);
	if (rc != CAL_OK)
		return rc;
	advice = arena_array(c->mem, (size_t)n, sizeof(*advice));
	for (i = 0; i < n; i++)
		advice[i] = (struct call_advice){ rows[i],
		    call_todo(&rows[i]) };
	out_list(c, "calls", "Calls to Calendly that failed, newest first",
	    call_columns, advice, sizeof(*advice), n);
	return CAL_OK;
}

static enum cal_err
print_jobs(struct ctl *c, int limit)
{
	struct job_advice	*advice;
	struct ops_job		*rows;
	enum cal_err		 rc;
	int			 i, n;

	rc = ops_job_list(c->db, c->mem, c->arg[0], true, limit, &rows, &n);
	if (rc != CAL_OK)
		return rc;
	advice = arena_array(c->mem, (size_t)n, sizeof(*advice));
	for (i = 0; i < n; i++)
		advice[i] = (struct job_advice){ rows[i], arena_printf(c->mem,
		    "mend the cause, then: calendlyctl jobs retry %s",
		    rows[i].id) };
	out_list(c, "jobs", "Jobs that were given up (parked)",
	    job_columns, advice, sizeof(*advice), n);
	return CAL_OK;
}

static enum cal_err
print_deliveries(struct ctl *c, int limit)
{
	struct delivery_advice	*advice;
	struct ops_delivery	*rows;
	enum cal_err		 rc;
	int			 i, n;

	rc = ops_delivery_list(c->db, c->mem, c->arg[0], true, limit, &rows,
	    &n);
	if (rc != CAL_OK)
		return rc;
	advice = arena_array(c->mem, (size_t)n, sizeof(*advice));
	for (i = 0; i < n; i++)
		advice[i] = (struct delivery_advice){ rows[i],
		    arena_printf(c->mem, "mend the cause, then: calendlyctl "
		    "events retry %s", rows[i].id) };
	out_list(c, "events", "Webhooks that could not be applied, or are "
	    "missing in the feed", delivery_columns, advice, sizeof(*advice),
	    n);
	return CAL_OK;
}

static enum cal_err
print_connections(struct ctl *c, int limit)
{
	struct connection_advice	*advice;
	struct ops_connection		*rows;
	enum cal_err			 rc;
	int				 i, n;

	rc = ops_connection_list(c->db, c->mem, c->arg[0], "needs_reauth",
	    limit, &rows, &n);
	if (rc != CAL_OK)
		return rc;
	advice = arena_array(c->mem, (size_t)n, sizeof(*advice));
	for (i = 0; i < n; i++)
		advice[i] = (struct connection_advice){ rows[i],
		    "the host app sends the user through a connect link" };
	out_list(c, "connections", "Connections that need a new consent",
	    connection_columns, advice, sizeof(*advice), n);
	return CAL_OK;
}

enum cal_err
ctl_errors(struct ctl *c)
{
	enum cal_err	 rc;
	int		 limit;

	if ((rc = ctl_number(c, "limit", LIMIT, LIMIT_MAX, &limit)) !=
	    CAL_OK || (rc = ctl_open(c)) != CAL_OK ||
	    (rc = ctl_check_tenant(c)) != CAL_OK)
		return rc;
	out_begin(c);
	if ((rc = print_calls(c, limit)) != CAL_OK ||
	    (rc = print_jobs(c, limit)) != CAL_OK ||
	    (rc = print_deliveries(c, limit)) != CAL_OK ||
	    (rc = print_connections(c, limit)) != CAL_OK)
		return rc;
	return out_end(c);
}
