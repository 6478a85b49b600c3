/*
 * connection: the API's connections: list, show, disconnect, reconcile, sync,
 * the webhooks at Calendly, the log of calls.
 */
#include <stdlib.h>
#include <string.h>

#include "app/repo/connection.h"
#include "app/repo/job.h"
#include "app/repo/subscription.h"
#include "app/repo/tx.h"
#include "app/route/answer.h"
#include "app/route/connection_json.h"
#include "app/route/query.h"
#include "app/route/router.h"
#include "app/service/disconnect/disconnect.h"
#include "app/service/errand.h"
#include "app/service/service.h"
#include "app/service/subscription/inventory.h"
#include "app/service/subscription/list.h"
#include "app/service/subscription/repair.h"
#include "app/service/sync/request.h"
#include "lib/json.h"
#include "lib/req.h"

enum {
	CURSOR_CONNECTIONS = 'c',
	CURSOR_LOG = 'l',
	LOG_BYTES = 2 * 1024 * 1024,	/* of replies per page of the log */
};

static enum cal_err
answer_connection(struct service *cal, struct req *r, int status,
    const struct connection_view *v)
{
	struct json	*j = json_new(r->mem);

	connection_write(cal, r->mem, j, v);
	answer_json(r, status, j);
	return CAL_OK;
}

static enum cal_err
connections_list(struct service *cal, struct tx *tx, struct req *r)
{
	static const char *const known[] = {
		"status", "limit", "after", NULL
	};
	struct connection_view	*all;
	struct json		*j;
	const char		*after;
	unsigned		 status;
	enum cal_err		 rc;
	int			 i, limit, n;

	rc = query_known(r, known);
	rc = fail_also(rc, query_name(r, "status",
	    &connection_status_names, &status));
	rc = fail_also(rc, query_limit(r, &limit));
	rc = fail_also(rc, cursor_read(r, CURSOR_CONNECTIONS, &after));
	if (rc != CAL_OK)
		return rc;
	rc = connection_list(tx, (enum connection_status)status,
	    after, limit + 1, &all, &n);
	if (rc != CAL_OK)
		return rc;
	j = list_open(r);
	for (i = 0; i < n && i < limit; i++)
		connection_write(cal, r->mem, j, &all[i]);
	list_answer(r, j, cursor_write(r, CURSOR_CONNECTIONS,
	    n > limit ? all[limit - 1].user_id : NULL));
	return CAL_OK;
}

static enum cal_err
connection_show(struct service *cal, struct tx *tx, struct req *r)
{
	struct connection_view	 v;
	const char		*user_id;
	enum cal_err		 rc;

	if ((rc = path_user(r, &user_id)) != CAL_OK ||
	    (rc = connection_find(tx, user_id, &v)) != CAL_OK)
		return rc;
	return answer_connection(cal, r, 200, &v);
}

static enum cal_err
query_erase(struct req *r, bool *erase)
{
	static const char *const known[] = { "erase", NULL };
	const char		*s = req_query(r, "erase");
	enum cal_err		 rc;

	rc = query_known(r, known);
	*erase = s != NULL && strcmp(s, "true") == 0;
	if (s != NULL && !*erase && strcmp(s, "false") != 0)
		rc = req_fail_field(r, "erase", "must be true or false");
	return rc;
}

static enum cal_err
connection_delete(struct service *cal, struct req *r)
{
	const struct errand	 e = errand_for(cal, r->mem, caller_tenant(r));
	struct connection_view	 v;
	struct disconnect_wish	 w;
	const char		*user_id;
	enum cal_err		 rc;
	bool			 erase;

	rc = path_user(r, &user_id);
	if ((rc = fail_also(rc, query_erase(r, &erase))) != CAL_OK)
		return rc;
	w = (struct disconnect_wish){
		.user_id = user_id,
		.actor = "api",
		.erase = erase,
	};
	rc = disconnect_run(&e, &w, &v);
	if (rc != CAL_OK)
		return rc;
	return answer_connection(cal, r,
	    v.status == CONNECTION_DISCONNECTING ? 202 : 200, &v);
}

static enum cal_err
connection_reconcile(struct service *cal, struct req *r)
{
	const struct errand	 e = errand_for(cal, r->mem, caller_tenant(r));
	struct connection_view	 v;
	const char		*user_id;
	enum cal_err		 rc;
	bool			 done;

	if ((rc = path_user(r, &user_id)) != CAL_OK)
		return rc;
	rc = repair_run(&e, user_id, &v, &done);
	if (rc == CAL_DENIED)
		return answer_needs_reauth(r);
	if (rc != CAL_OK)
		return rc;
	return answer_connection(cal, r, done ? 200 : 202, &v);
}

static enum cal_err
connection_sync(struct service *cal, struct req *r)
{
	const struct errand	 e = errand_for(cal, r->mem, caller_tenant(r));
	struct connection_view	 v;
	struct json		*j;
	struct tx		 tx;
	const char		*user_id;
	enum cal_err		 rc;

	if ((rc = path_user(r, &user_id)) != CAL_OK ||
	    (rc = errand_begin(&e, &tx)) != CAL_OK)
		return rc;
	rc = tx_end(&tx, sync_request(&tx, user_id, "api", &v));
	if (rc == CAL_DENIED)
		return answer_needs_reauth(r);
	if (rc != CAL_OK)
		return rc;
	j = json_new(r->mem);
	sync_write(j, NULL, &v.sync);
	answer_json(r, 202, j);
	return CAL_OK;
}

static void
listed_subscription_write(struct req *r, struct json *j, const struct found *f)
{
	const char	*url = f->sub.callback_url;

	json_object(j, NULL);
	json_str(j, "uri", f->sub.uri);
	json_str(j, "callback_url", f->ours == NULL || url == NULL ? url :
	    inventory_masked(r->mem, url));
	json_str(j, "state", f->sub.state);
	texts_write(j, "events", f->sub.events);
	json_str(j, "scope", f->sub.scope);
	json_str(j, "created_at", f->sub.created_at);
	json_str(j, "retry_started_at", f->sub.retry_started_at);
	json_bool(j, "ours", f->ours != NULL);
	json_bool(j, "current", f->ours != NULL &&
	    f->ours->state == SUBSCRIPTION_ACTIVE);
	json_end(j);
}

static enum cal_err
connection_webhooks(struct service *cal, struct req *r)
{
	const struct errand	 e = errand_for(cal, r->mem, caller_tenant(r));
	struct inventory	 h;
	struct json		*j;
	const char		*user_id;
	enum webhook_state	 state;
	enum cal_err		 rc;
	size_t			 i;

	if ((rc = path_user(r, &user_id)) != CAL_OK)
		return rc;
	rc = list_run(&e, user_id, &h, &state);
	if (rc == CAL_DENIED)
		return answer_needs_reauth(r);
	if (rc != CAL_OK)
		return rc;
	j = list_open(r);
	for (i = 0; i < h.nfound; i++)
		listed_subscription_write(r, j, &h.found[i]);
	list_next(j, NULL);
	webhook_state_write(j, state);
	json_end(j);
	answer_json(r, 200, j);
	return CAL_OK;
}

static void
call_write(struct json *j, const struct api_call *c)
{
	json_object(j, NULL);
	json_str(j, "at", c->at);
	json_str(j, "request_id", c->request_id[0] == '\0' ? NULL :
	    c->request_id);
	json_str(j, "purpose", c->purpose);
	json_str(j, "method", c->method);
	json_str(j, "url_path", c->path);
	json_raw(j, "status", c->status);
	json_str(j, "error", c->error);
	json_raw(j, "duration_ms", c->duration_ms);
	json_str(j, "reply", c->reply);
	json_str(j, "note", c->note);
	json_end(j);
}

static enum cal_err
log_page(struct tx *tx, struct req *r, const char *connection_id,
    const char *before, int limit)
{
	struct api_call	*all;
	struct json	*j;
	size_t		 bytes = 0;
	enum cal_err	 rc;
	int		 i, n;

	rc = api_call_list(tx, connection_id, before, limit + 1,
	    &all, &n);
	if (rc != CAL_OK)
		return rc;
	j = list_open(r);
	for (i = 0; i < n && i < limit && bytes < LOG_BYTES; i++) {
		call_write(j, &all[i]);
		bytes += all[i].reply == NULL ? 0 : strlen(all[i].reply);
	}
	list_answer(r, j, cursor_write(r, CURSOR_LOG,
	    n > i ? all[i - 1].id : NULL));
	return CAL_OK;
}

static enum cal_err
connection_log(struct service *cal, struct tx *tx, struct req *r)
{
	static const char *const known[] = { "limit", "after", NULL };
	struct connection_view	 v;
	const char		*user_id, *before;
	enum cal_err		 rc;
	int			 limit;

	(void)cal;
	rc = path_user(r, &user_id);
	rc = fail_also(rc, query_known(r, known));
	rc = fail_also(rc, query_limit(r, &limit));
	rc = fail_also(rc, cursor_read(r, CURSOR_LOG, &before));
	if (before != NULL && (strlen(before) > 18 ||
	    strspn(before, "0123456789") != strlen(before)))
		rc = cursor_refuse(r);
	if (rc != CAL_OK)
		return rc;
	if ((rc = connection_find(tx, user_id, &v)) != CAL_OK)
		return rc;
	return log_page(tx, r, v.id, before, limit);
}

const struct route connection_routes[] = {
	{ "GET", "/v1/connections", NULL, connections_list,
	    ROUTE_KEY | ROUTE_QUERY },
	{ "GET", "/v1/connections/{user_id}", NULL, connection_show,
	    ROUTE_KEY },
	{ "DELETE", "/v1/connections/{user_id}", connection_delete, NULL,
	    ROUTE_KEY | ROUTE_QUERY | ROUTE_CALLS },
	{ "POST", "/v1/connections/{user_id}/reconcile", connection_reconcile,
	    NULL, ROUTE_KEY | ROUTE_CALLS },
	{ "POST", "/v1/connections/{user_id}/sync", connection_sync, NULL,
	    ROUTE_KEY },
	{ "GET", "/v1/connections/{user_id}/webhooks", connection_webhooks,
	    NULL, ROUTE_KEY | ROUTE_CALLS },
	{ "GET", "/v1/connections/{user_id}/log", NULL, connection_log,
	    ROUTE_KEY | ROUTE_QUERY },
	{ NULL, NULL, NULL, NULL, 0 },
};
