/*
 * problem: the problem documents that tell a client what went wrong (RFC 9457).
 */
#include <stddef.h>
#include <string.h>

#include "app/route/problem.h"
#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/req.h"

#define SECONDS_TO_WAIT	"5"

enum {
	INTERNAL,		/* stands first; also for unknown codes */
};

static const struct problem	problems[] = {
	[INTERNAL] = { "internal", 500, "Something went wrong here",
	  "The log has the cause under this request_id." },
	{ "invalid_request", 400, "The request has wrong values",
	  "Something in the request is not as documented." },
	{ "invalid_json", 400, "The body is not a JSON object",
	  "Send a JSON object in UTF-8." },
	{ "cursor_invalid", 400, "This is no cursor of this list",
	  "Give the \"next\" of the page before, as it was." },
	{ "signature_missing", 400, "The delivery is not signed",
	  "There is no Calendly-Webhook-Signature header." },
	{ "signature_malformed", 400, "The signature header makes no sense",
	  "Calendly-Webhook-Signature must be of the form t=...,v1=...." },
	{ "unauthorized", 401, "The API key is missing or not known",
	  "Send \"Authorization: Bearer <api key>\" with a key made by "
	  "calendlyctl key add." },
	{ "signature_invalid", 401, "The signature is wrong",
	  "No key that is known here makes this signature." },
	{ "signature_stale", 401, "The signature's time is too far from now",
	  "The signature is right, but too old or ahead of the clock." },
	{ "browser_call", 403, "Call this from your server",
	  "The request has an Origin header, so it comes from a browser; an "
	  "API key has no place there." },
	{ "forbidden", 403, "This is not allowed",
	  "This API key may not do this." },
	{ "not_found", 404, "There is no such thing here",
	  "Nothing of this name belongs to this tenant." },
	{ "endpoint_unknown", 404, "There is no such endpoint",
	  "This address was never given to Calendly." },
	{ "method_not_allowed", 405, "This address does not take this method",
	  "The Allow header lists the methods it takes." },
	{ "conflict", 409, "Something else is at it, or was first",
	  "Look at what is there now, then try again." },
	{ "needs_reauth", 409, "The user must connect again",
	  "Calendly no longer accepts this user's authorization. Mint a "
	  "connect session." },
	{ "gone", 410, "This is gone for good",
	  "It was here once and will not come back." },
	{ "cursor_expired", 410, "This cursor's place in the feed is gone",
	  "Events after it have been removed for their age, or the database "
	  "was restored to before it: begin again without a cursor." },
	{ "endpoint_retired", 410, "This endpoint is retired",
	  "Its subscription was let go; deliveries to it are no longer "
	  "taken." },
	{ "idempotency_in_progress", 409, "This request is being done already",
	  "The first request with this key is still being done. Send the same "
	  "again in a second." },
	{ "idempotency_key_reused", 422, "This key is another request's",
	  "Within the last 24 hours it came with another address or body. "
	  "Nothing was done; use a new key for a new request." },
	{ "too_large", 413, "The body is too large",
	  "Send less in one request." },
	{ "unsupported_media_type", 415, "The body is not JSON",
	  "Send \"Content-Type: application/json\"." },
	{ "upstream_error", 502, "Calendly refused or made no sense",
	  "The connection's log has Calendly's reply." },
	{ "unavailable", 503, "Not now, try again",
	  "The database or Calendly cannot be reached. Try again in a "
	  "moment." },
};

static const char *const	codes[CAL_ERR__MAX] = {
	[CAL_OK] = "internal",		/* the handler gave no answer */
	[CAL_INVALID] = "invalid_request",
	[CAL_UNAUTHORIZED] = "unauthorized",
	[CAL_DENIED] = "forbidden",
	[CAL_NOTFOUND] = "not_found",
	[CAL_CONFLICT] = "conflict",
	[CAL_GONE] = "gone",
	[CAL_TOOLARGE] = "too_large",
	[CAL_UPSTREAM] = "upstream_error",
	[CAL_UNAVAILABLE] = "unavailable",
	[CAL_INTERNAL] = "internal",
};

static const struct problem *
by_code(const char *code)
{
	size_t	 i;

	for (i = 0; i < sizeof(problems) / sizeof(problems[0]); i++)
		if (strcmp(problems[i].code, code) == 0)
			return &problems[i];
	return NULL;
}

const struct problem *
problem_find(const struct req *r, enum cal_err rc)
{
	const struct problem	*p;

	if ((p = by_code(r->code != NULL ? r->code : codes[rc])) != NULL)
		return p;
	log_warn("answer without a place in the table of problems: %s",
	    r->code);
	return &problems[INTERNAL];
}

static void
write_errors(struct json *j, const struct req *r)
{
	const struct req_error	*e;

	json_array(j, "errors");
	for (e = r->errors; e != NULL; e = e->next) {
		json_object(j, NULL);
		json_str(j, "field", e->field);
		json_str(j, "message", e->message);
		json_end(j);
	}
	json_end(j);
}

static const char *
detail_of(const struct problem *p, const struct req *r)
{
	const struct req_error	*e;
	struct buf		 b;

	if (r->errors == NULL)
		return r->detail != NULL ? r->detail : p->detail;
	buf_init(&b, r->mem, 0);
	for (e = r->errors; e != NULL; e = e->next)
		(void)buf_printf(&b, "%s%s: %s", e == r->errors ? "" : "; ",
		    e->field, e->message);
	return b.p;
}

void
problem_answer(struct req *r, enum cal_err rc)
{
	const struct problem	*p = problem_find(r, rc);
	struct json		*j = json_new(r->mem);
	const char		*text;
	size_t			 n;

	json_object(j, NULL);
	json_str(j, "type", arena_printf(r->mem, "urn:calendlyd:problem:%s",
	    p->code));
	json_str(j, "title", p->title);
	json_num(j, "status", p->status);
	json_str(j, "code", p->code);
	json_str(j, "detail", detail_of(p, r));
	json_str(j, "request_id", r->id);
	if (r->errors != NULL)
		write_errors(j, r);
	json_end(j);
	text = json_done(j, &n);
	if (strcmp(p->code, "unauthorized") == 0)
		req_header(r, "WWW-Authenticate", "Bearer");
	if (p->status == 503)
		req_header(r, "Retry-After", SECONDS_TO_WAIT);
	req_answer(r, p->status, "application/problem+json", text, n);
}
