/* connect: the addresses that a browser visits in order to connect. */
#include <string.h>

#include "app/route/answer.h"
#include "app/route/flow_cookie.h"
#include "app/route/page.h"
#include "app/route/router.h"
#include "app/service/connect/connect.h"
#include "app/service/service.h"
#include "app/settings/settings.h"
#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/json.h"
#include "lib/req.h"
#include "lib/secret.h"
#include "lib/uri.h"

/*
 * Says for each end to which page of ours the browser is sent, unless the app
 * has an address of its own, and which result is named if the session has none.
 */
static const struct {
	const char	*page;
	const char	*result;
} ENDS[] = {
	[CONNECT_CONSENT] = { NULL, NULL },
	[CONNECT_WAIT] = { NULL, NULL },
	[CONNECT_DONE] = { "connected", "connected" },
	[CONNECT_DENIED] = { "cancelled", "denied" },
	[CONNECT_EXPIRED] = { "expired", "expired" },
	[CONNECT_OTHER_BROWSER] = { "another-browser", "another_browser" },
	[CONNECT_WRONG_ACCOUNT] = { "wrong-account", "wrong_account" },
	[CONNECT_FAILED] = { "failed", "error" },
};

static const char *
add_outcome(struct req *r, const char *url, const struct connect_outcome *out)
{
	struct buf	 b;

	buf_init(&b, r->mem, 0);
	uri_add(&b, "calendly_result", out->result == RESULT_NONE ?
	    ENDS[out->end].result : session_result_name(out->result));
	if (out->session_id != NULL)
		uri_add(&b, "session_id", out->session_id);
	return arena_printf(r->mem, "%s%c%s", url,
	    strchr(url, '?') == NULL ? '?' : '&', b.p);
}

/*
 * "Try again" is offered only if the browser has the session's link: in this
 * request's path or in a cookie.
 */
static bool
can_retry(const struct service *cal, struct req *r,
    const struct connect_outcome *out)
{
	return out->retry && (r->arg[0] != NULL ||
	    flow_link(cal, r, out->session_id) != NULL);
}

static const char *
page_of(const struct connect_outcome *out)
{
	return out->hindrance != CAPABILITY_NONE ? "connected-limited" :
	    ENDS[out->end].page;
}

static const char *
page_url(const struct service *cal, struct req *r,
    const struct connect_outcome *out)
{
	const char	*url;

	url = add_outcome(r, arena_printf(r->mem, "%s/pages/%s.html",
	    cal->set->backend_url, page_of(out)), out);
	if (out->hindrance != CAPABILITY_NONE)
		url = arena_printf(r->mem, "%s&calendly_capability=%s", url,
		    capability_name(out->hindrance));
	return arena_printf(r->mem, "%s%s", url,
	    can_retry(cal, r, out) ? "&retry=1" : "");
}

/*
 * After a success the browser is sent back to the app; after anything else to a
 * page of ours that says what happened and offers another try and the way back.
 * "again" is the address to load once more for CONNECT_WAIT.
 */
static void
send_on(struct service *cal, struct req *r, const char *again,
    const struct connect_outcome *out)
{
	const bool	 to_app = out->end == CONNECT_DONE &&
	    out->back_url != NULL;

	if (out->browser != NULL)
		flow_keep_browser(cal, r, secret_text(out->browser));
	if (out->end == CONNECT_WAIT) {
		page_go_on(r, 1, again);
		return;
	}
	if (out->end == CONNECT_CONSENT) {
		req_redirect(r, out->authorize_url);
		return;
	}
	connect_sent(cal, r->mem, out, to_app ? NULL : page_of(out));
	if (to_app)
		req_redirect(r, add_outcome(r, out->back_url, out));
	else
		req_redirect(r, page_url(cal, r, out));
}

static bool
header_says_prefetch(const struct req *r, const char *name)
{
	const char	*v = req_param(r, name);

	return v != NULL && strcasestr(v, "prefetch") != NULL;
}

/*
 * Answers requests that nobody sees, because a link checker or a browser that
 * loads pages ahead must not change anything.  HEAD gets an empty 204; a
 * prefetch gets a 503, so that the browser loads the page again when the user
 * goes there.
 */
static bool
only_looks(struct req *r)
{
	if (r->head) {
		req_answer(r, 204, NULL, NULL, 0);
		return true;
	}
	if (header_says_prefetch(r, "HTTP_SEC_PURPOSE") ||
	    header_says_prefetch(r, "HTTP_PURPOSE")) {
		req_answer(r, 503, "text/html", "", 0);
		return true;
	}
	return false;
}

static enum cal_err
connect_visit(struct service *cal, struct req *r)
{
	struct connect_outcome	 out;
	enum cal_err		 rc;

	if (only_looks(r))
		return CAL_OK;
	rc = connect_open(cal, r->mem, r->arg[0], flow_browser(cal, r), &out);
	if (rc != CAL_OK)
		return rc;
	if (out.session_id != NULL)
		flow_keep_link(cal, r, out.session_id, r->arg[0]);
	send_on(cal, r, arena_printf(r->mem, "/connect/%s", r->arg[0]), &out);
	return CAL_OK;
}

/*
 * Returns the address of this callback with the same parameters from Calendly,
 * and "marker" set to 1.
 */
static const char *
same_callback(struct req *r, const char *marker)
{
	static const char *const names[] = { "state", "code", "error", "iss" };
	const char		*value;
	struct buf		 b;
	size_t			 i;

	buf_init(&b, r->mem, 0);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if ((value = req_query(r, names[i])) != NULL)
			uri_add(&b, names[i], value);
	uri_add(&b, marker, "1");
	return arena_printf(r->mem, "/oauth/calendly/callback?%s", b.p);
}

/*
 * True for a page that a person visits: neither in a frame nor fetched by a
 * script.
 */
static bool
is_top_level(const struct req *r)
{
	const char	*dest = req_param(r, "HTTP_SEC_FETCH_DEST");

	return dest == NULL || strcmp(dest, "document") == 0;
}

/*
 * Some browsers withhold cookies from a visit that another site began, so a
 * callback without its cookie is first sent to itself by a page of ours: a
 * visit from our own site brings the cookie, if there is one.  This is done
 * once, before the state or the code is used.
 */
static bool
is_bounced(const struct service *cal, struct req *r)
{
	if (flow_browser(cal, r) != NULL || req_query(r, "state") == NULL ||
	    req_query(r, "bounced") != NULL || !is_top_level(r))
		return false;
	page_go_on(r, 0, same_callback(r, "bounced"));
	return true;
}

static enum cal_err
callback_visit(struct service *cal, struct req *r)
{
	const struct connect_return	 back = {
		.state = req_query(r, "state"),
		.code = req_query(r, "code"),
		.error = req_query(r, "error"),
		.issuer = req_query(r, "iss"),
		.browser = flow_browser(cal, r),
		.bounced = req_query(r, "bounced") != NULL,
	};
	struct connect_outcome		 out;
	enum cal_err			 rc;

	if (only_looks(r) || is_bounced(cal, r))
		return CAL_OK;
	if ((rc = connect_return(cal, r->mem, &back, &out)) != CAL_OK)
		return rc;
	send_on(cal, r, same_callback(r, "again"), &out);
	return CAL_OK;
}

/*
 * Opens the session's link again.  The link's secret comes from the browser's
 * cookie, because no page's address may contain it.
 */
static enum cal_err
again_visit(struct service *cal, struct req *r)
{
	const char	*session = flow_session(cal, r);
	const char	*secret = flow_link(cal, r, session);

	if (secret == NULL)
		send_on(cal, r, NULL, &(struct connect_outcome){
		    .end = CONNECT_OTHER_BROWSER, .session_id = session });
	else
		req_redirect(r, arena_printf(r->mem, "%s/connect/%s",
		    cal->set->backend_url, secret));
	return CAL_OK;
}

static enum cal_err
back_visit(struct service *cal, struct req *r)
{
	const char		*session = flow_session(cal, r);
	struct connect_outcome	 out;
	enum cal_err		 rc;

	if (only_looks(r))
		return CAL_OK;
	rc = connect_back(cal, r->mem, flow_link(cal, r, session), session,
	    &out);
	if (rc != CAL_OK)
		return rc;
	req_redirect(r, out.back_url == NULL ?
	    arena_printf(r->mem, "%s/pages/close.html",
	    cal->set->backend_url) : add_outcome(r, out.back_url, &out));
	return CAL_OK;
}

/*
 * Tells the page "wrong account" which account was expected and which was
 * chosen.
 */
static enum cal_err
accounts_visit(struct service *cal, struct req *r)
{
	struct connect_accounts	 a;
	struct json		*j;
	enum cal_err		 rc;

	rc = connect_accounts(cal, r->mem,
	    flow_link(cal, r, flow_session(cal, r)), flow_browser(cal, r), &a);
	if (rc != CAL_OK)
		return rc;
	j = json_new(r->mem);
	json_object(j, NULL);
	json_str(j, "expected", a.expected);
	json_str(j, "chosen", a.chosen);
	json_end(j);
	answer_json(r, 200, j);
	return CAL_OK;
}

const struct route connect_routes[] = {
	{ "GET", "/connect/again", again_visit, NULL, ROUTE_BROWSER },
	{ "GET", "/connect/back", back_visit, NULL, ROUTE_BROWSER },
	{ "GET", "/connect/accounts", accounts_visit, NULL, 0 },
	{ "GET", "/connect/{session}", connect_visit, NULL,
	    ROUTE_BROWSER | ROUTE_CALLS },
	{ "GET", "/oauth/calendly/callback", callback_visit, NULL,
	    ROUTE_BROWSER | ROUTE_CALLS },
	{ NULL, NULL, NULL, NULL, 0 },
};
