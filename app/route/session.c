/* session: the API's connect sessions. */
#include "app/repo/session.h"
#include "app/repo/tx.h"
#include "app/route/answer.h"
#include "app/route/body.h"
#include "app/route/router.h"
#include "app/service/connect/session.h"
#include "app/service/errand.h"
#include "app/service/service.h"
#include "lib/arena.h"
#include "lib/json.h"
#include "lib/req.h"

static enum cal_err
take_wish(struct req *r, struct session_wish *w)
{
	static const char *const	 known[] = {
		"user_id", "return_url", "expected_email", "force", NULL
	};
	const struct json_node		*body;
	enum cal_err			 rc;

	if ((rc = body_json(r, &body)) != CAL_OK)
		return rc;
	rc = body_known(r, body, known);
	rc = fail_also(rc, body_text(r, body, "user_id", &w->user_id));
	rc = fail_also(rc, body_text(r, body, "return_url", &w->return_url));
	rc = fail_also(rc, body_text(r, body, "expected_email",
	    &w->expected_email));
	return fail_also(rc, body_bool(r, body, "force", &w->force));
}

static enum cal_err
session_create(struct service *cal, struct req *r)
{
	const struct errand	 e = errand_for(cal, r->mem, caller_tenant(r));
	struct session_wish	 w;
	struct session_link	 link;
	struct json		*j;
	const char		*field, *message;
	enum cal_err		 rc;

	if ((rc = take_wish(r, &w)) != CAL_OK)
		return rc;
	rc = session_mint(&e, &w, &link, &field, &message);
	if (rc == CAL_INVALID)
		return message == NULL ? rc :
		    req_fail_field(r, field, message);
	if (rc != CAL_OK)
		return rc;
	j = json_new(r->mem);
	json_object(j, NULL);
	json_str(j, "id", link.id);
	json_str(j, "url", link.url);
	json_str(j, "expires_at", link.expires_at);
	json_str(j, "popup_url", link.popup_url);
	json_end(j);
	answer_json(r, 201, j);
	return CAL_OK;
}

static enum cal_err
session_show(struct service *cal, struct tx *tx, struct req *r)
{
	struct connect_session	 s;
	struct json		*j;
	const char		*id;
	enum cal_err		 rc;

	(void)cal;
	if ((rc = path_uuid(r, &id)) != CAL_OK ||
	    (rc = session_load(tx, id, &s)) != CAL_OK)
		return rc;
	j = json_new(r->mem);
	json_object(j, NULL);
	json_str(j, "id", s.id);
	json_str(j, "user_id", s.user_id);
	json_str(j, "status", session_status_name(s.expired &&
	    s.status != SESSION_DONE ? SESSION_EXPIRED : s.status));
	json_str(j, "result", session_result_name(s.result));
	json_str(j, "calendly_email", s.calendly_email);
	json_str(j, "created_at", s.created_at);
	json_str(j, "expires_at", s.expires_at);
	json_str(j, "capability", capability_name(s.capability));
	json_end(j);
	answer_json(r, 200, j);
	return CAL_OK;
}

const struct route session_routes[] = {
	{ "POST", "/v1/connect-sessions", session_create, NULL, ROUTE_KEY },
	{ "GET", "/v1/connect-sessions/{id}", NULL, session_show, ROUTE_KEY },
	{ NULL, NULL, NULL, NULL, 0 },
};
