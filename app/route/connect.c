/*
 * connect: what the browser visits.
 */
#include <string.h>

#include "app/route.h"
#include "app/service/calendly.h"
#include "app/service/connect.h"
#include "app/settings.h"
#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/req.h"
#include "lib/secret.h"
#include "lib/uri.h"

enum { SESSION_SECONDS = 30 * 60 };

static const char RETRY_COOKIE[] = "calendlyd_retry";

/* Where an end leads when the app has no place for it, and what it is
 * called where the session itself does not say. */
static const struct {
	const char	*page;
	const char	*result;
} ENDS[] = {
	[CONNECT_CONSENT] = { NULL, NULL },
	[CONNECT_DONE] = { "connected", "connected" },
	[CONNECT_DENIED] = { "cancelled", "denied" },
	[CONNECT_EXPIRED] = { "expired", "expired" },
	[CONNECT_WRONG_ACCOUNT] = { "wrong-account", "wrong_account" },
	[CONNECT_FAILED] = { "failed", "error" },
};

static bool
is_https(const struct calendly *cal)
{
	return strncmp(cal->set->backend_url, "https:", 6) == 0;
}

/* "__Host-" needs Secure, which a plain http loopback can't have. */
static const char *
browser_cookie(const struct calendly *cal)
{
	return is_https(cal) ? "__Host-calendlyd" : "calendlyd";
}

static void
set_cookie(struct calendly *cal, struct req *r, const char *name,
    const char *value, const char *path, int seconds)
{
	req_header(r, "Set-Cookie", arena_printf(r->mem,
	    "%s=%s; Path=%s; Max-Age=%d; HttpOnly; SameSite=Lax%s", name,
	    value, path, seconds, is_https(cal) ? "; Secure" : ""));
}

static const char *
add_outcome(struct req *r, const char *url, const struct connect_outcome *out)
{
	struct buf	 b;

	buf_init(&b, r->mem, 0);
	uri_add(&b, "calendly_result", out->result == NULL ?
	    ENDS[out->end].result : out->result);
	if (out->session_id != NULL)
		uri_add(&b, "session_id", out->session_id);
	return arena_printf(r->mem, "%s%c%s", url,
	    strchr(url, '?') == NULL ? '?' : '&', b.p);
}

/*
 * A success goes back to the app; anything else first tells the user, on a
 * page of ours that offers to try again and the way back.
 */
static const char *
where_to(const struct calendly *cal, struct req *r,
    const struct connect_outcome *out)
{
	const char	*page;

	if (out->end == CONNECT_CONSENT)
		return out->authorize_url;
	if (out->end == CONNECT_DONE && out->back_url != NULL)
		return add_outcome(r, out->back_url, out);
	page = arena_printf(r->mem, "%s/pages/%s.html",
	    cal->set->backend_url, ENDS[out->end].page);
	return arena_printf(r->mem, "%s%s", add_outcome(r, page, out),
	    out->retry ? "&retry=1" : "");
}

static void
send_on(struct calendly *cal, struct req *r,
    const struct connect_outcome *out)
{
	if (out->browser != NULL)
		set_cookie(cal, r, browser_cookie(cal),
		    secret_text(out->browser), "/", SESSION_SECONDS);
	req_redirect(r, where_to(cal, r, out));
}

static bool
header_says_prefetch(const struct req *r, const char *name)
{
	const char	*v = req_param(r, name);

	return v != NULL && strcasestr(v, "prefetch") != NULL;
}

/*
 * Neither a link checker nor a browser that looks ahead may change anything:
 * HEAD is told nothing, a prefetch to come again for real.
 */
static bool
only_looks(struct req *r)
{
	if (r->head) {
		req_answer(r, 204, NULL, NULL, 0);
		return true;
	}
	if (header_says_prefetch(r, "HTTP_SEC_PURPOSE") ||
	    header_says_prefetch(r, "HTTP_PURPOSE") ||
	    header_says_prefetch(r, "HTTP_X_MOZ")) {
		req_answer(r, 503, "text/html", "", 0);
		return true;
	}
	return false;
}

static enum cal_err
connect_visit(struct calendly *cal, struct req *r)
{
	struct connect_outcome	 out;
	enum cal_err		 rc;

	if (only_looks(r))
		return CAL_OK;
	rc = connect_open(cal, r->mem, r->arg[0],
	    req_cookie(r, browser_cookie(cal)), &out);
	if (rc != CAL_OK)
		return rc;
	if (out.session_id != NULL)
		set_cookie(cal, r, RETRY_COOKIE, r->arg[0], "/connect",
		    SESSION_SECONDS);
	send_on(cal, r, &out);
	return CAL_OK;
}

static enum cal_err
callback_visit(struct calendly *cal, struct req *r)
{
	const struct connect_return	 back = {
		.state = req_query(r, "state"),
		.code = req_query(r, "code"),
		.error = req_query(r, "error"),
		.issuer = req_query(r, "iss"),
		.browser = req_cookie(r, browser_cookie(cal)),
	};
	struct connect_outcome		 out;
	enum cal_err			 rc;

	if (only_looks(r))
		return CAL_OK;
	if ((rc = connect_return(cal, r->mem, &back, &out)) != CAL_OK)
		return rc;
	send_on(cal, r, &out);
	return CAL_OK;
}

/* The link itself is in no page's address, but in the browser's cookie. */
static const char *
link_secret(struct req *r)
{
	const char	*s = req_cookie(r, RETRY_COOKIE);

	return s != NULL && uri_encode(r->mem, s) != NULL &&
	    strcmp(uri_encode(r->mem, s), s) == 0 ? s : NULL;
}

static enum cal_err
again_visit(struct calendly *cal, struct req *r)
{
	const char	*secret = link_secret(r);

	req_redirect(r, secret == NULL ?
	    arena_printf(r->mem, "%s/pages/expired.html",
	    cal->set->backend_url) :
	    arena_printf(r->mem, "%s/connect/%s", cal->set->backend_url,
	    secret));
	return CAL_OK;
}

static enum cal_err
back_visit(struct calendly *cal, struct req *r)
{
	struct connect_outcome	 out;
	enum cal_err		 rc;

	rc = connect_back(cal, r->mem, link_secret(r), &out);
	if (rc != CAL_OK)
		return rc;
	req_redirect(r, out.back_url == NULL ?
	    arena_printf(r->mem, "%s/pages/close.html",
	    cal->set->backend_url) : add_outcome(r, out.back_url, &out));
	return CAL_OK;
}

const struct route connect_routes[] = {
	{ "GET", "/connect/again", again_visit, ROUTE_BROWSER },
	{ "GET", "/connect/back", back_visit, ROUTE_BROWSER },
	{ "GET", "/connect/{session}", connect_visit, ROUTE_BROWSER },
	{ "GET", "/oauth/calendly/callback", callback_visit, ROUTE_BROWSER },
	{ NULL, NULL, NULL, 0 },
};
