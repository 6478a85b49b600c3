/* errors: shows what went wrong lately, and what to do about it. */
#include <stddef.h>

#include "app/ctl/advice.h"
#include "app/ctl/ctl.h"
#include "app/ctl/out.h"
#include "app/repo/ops.h"
#include "app/repo/ops_delivery.h"
#include "app/repo/ops_session.h"
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

struct session_advice {
	struct ops_session	 session;
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
	{ "session_id", "SESSION", OUT_TEXT,
	  offsetof(struct call_advice, call.session_id) },
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
	{ "state", "STATE", OUT_DELIVERY_STATE, DELIVERY(state) },
	{ "tries", "TRIES", OUT_NUMBER, DELIVERY(tries) },
	{ "error", "LAST ERROR", OUT_TEXT, DELIVERY(error) },
	{ "todo", "WHAT TO DO", OUT_TEXT,
	  offsetof(struct delivery_advice, todo) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

#define SESSION(field)	offsetof(struct session_advice, session.field)

static const struct out_column	session_columns[] = {
	{ "created_at", "MINTED (UTC)", OUT_TIME, SESSION(created_at) },
	{ "tenant", "TENANT", OUT_TEXT, SESSION(tenant) },
	{ "user_id", "USER", OUT_TEXT, SESSION(user_id) },
	{ "session_id", "SESSION", OUT_TEXT, SESSION(id) },
	{ "result", "RESULT", OUT_SESSION_RESULT, SESSION(result) },
	{ "todo", "WHAT TO DO", OUT_TEXT,
	  offsetof(struct session_advice, todo) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

static const struct out_column	connection_columns[] = {
	{ "tenant", "TENANT", OUT_TEXT,
	  offsetof(struct connection_advice, connection.tenant) },
	{ "user_id", "USER", OUT_TEXT,
	  offsetof(struct connection_advice, connection.user_id) },
	{ "reason", "REASON", OUT_CONNECTION_REASON,
	  offsetof(struct connection_advice, connection.reason) },
	{ "updated_at", "SINCE (UTC)", OUT_TIME,
	  offsetof(struct connection_advice, connection.updated_at) },
	{ "todo", "WHAT TO DO", OUT_TEXT,
	  offsetof(struct connection_advice, todo) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

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
		    advice_call(rows[i].purpose, rows[i].status,
		    rows[i].error) };
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
print_sessions(struct ctl *c, int limit)
{
	struct session_advice	*advice;
	struct ops_session	*rows;
	enum cal_err		 rc;
	int			 i, n;

	rc = ops_session_list(c->db, c->mem, c->arg[0], limit, &rows, &n);
	if (rc != CAL_OK)
		return rc;
	advice = arena_array(c->mem, (size_t)n, sizeof(*advice));
	for (i = 0; i < n; i++)
		advice[i] = (struct session_advice){ rows[i],
		    arena_printf(c->mem, "calendlyctl session show %.8s",
		    rows[i].id) };
	out_list(c, "sessions", "Connect sessions that failed, newest first",
	    session_columns, advice, sizeof(*advice), n);
	return CAL_OK;
}

static enum cal_err
print_connections(struct ctl *c, int limit)
{
	struct connection_advice	*advice;
	struct ops_connection		*rows;
	enum cal_err			 rc;
	int				 i, n;

	rc = ops_connection_list(c->db, c->mem, c->arg[0],
	    CONNECTION_NEEDS_REAUTH, limit, &rows, &n);
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
	    (rc = print_sessions(c, limit)) != CAL_OK ||
	    (rc = print_connections(c, limit)) != CAL_OK ||
	    (rc = ctl_errors_trouble(c, limit)) != CAL_OK ||
	    (rc = ctl_errors_left(c, limit)) != CAL_OK)
		return rc;
	return out_end(c);
}
