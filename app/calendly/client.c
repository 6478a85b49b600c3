/*
 * client: see client.h.
 */
#include <stdlib.h>
#include <string.h>

#include "app/calendly/client.h"
#include "app/calendly/kind.h"
#include "app/calendly/limit.h"
#include "app/calendly/redact.h"
#include "app/settings/settings.h"
#include "app/version.h"
#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/http_loop.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/secret.h"

enum {
	CONNECT_MS = 5 * 1000,
	REPLY_MAX = 1024 * 1024,
	NHIDE = 5,
};

static const struct json_caps REPLY_CAPS = {
	.size = REPLY_MAX,
	.depth = 32,
	/*
	 * An event with the dial-in numbers of its conference has 200 values
	 * and keys, and a page has 100 events.
	 */
	.count = 50 * 1000,
};

struct client {
	struct http		*http;
	const struct settings	*set;
	int64_t			 hurry;		/* clock_ms(): see
						 * client_hurry(); 0: no such
						 * limit */
	client_told		*observe;
	void			*observer;
	client_shut		*shut;
	void			*guard;
	bool			 unusable;	/* see client_is_unusable() */
	bool			 reads;		/* the call under way
						 * changes nothing */
};

struct client *
client_new(struct arena *mem, const struct settings *set)
{
	const struct http_limits most = {
		.connect_ms = CONNECT_MS,
		.total_ms = CLIENT_TOKEN_MS,
		.reply_max = REPLY_MAX,
		.user_agent = "calendlyd/" CALENDLYD_VERSION,
		.ca_file = set->ca_file,
	};
	struct client	*c;

	c = arena_alloc(mem, sizeof(*c));
	c->set = set;
	c->http = http_new(&most);
	return c;
}

void
client_free(struct client *c)
{
	if (c != NULL)
		http_free(c->http);
}

void
client_observe(struct client *c, client_told *observe, void *observer)
{
	c->observe = observe;
	c->observer = observer;
}

void
client_guard(struct client *c, client_shut *shut, void *guard)
{
	c->shut = shut;
	c->guard = guard;
}

void
client_hurry(struct client *c, long ms)
{
	c->hurry = clock_ms() + ms;
}

void
client_hurry_like(struct client *c, const struct client *other)
{
	c->hurry = other->hurry;
}

bool
client_is_unusable(const struct client *c)
{
	return c->unusable;
}

const struct settings *
client_settings(const struct client *c)
{
	return c->set;
}

/*
 * The shorter of "left" and the time that remains until the deadline "until".
 * Both are milliseconds; an "until" of 0 is no deadline.
 */
static int64_t
closer_deadline(int64_t left, int64_t until)
{
	const int64_t	 ms = until - clock_ms();

	return until == 0 || ms >= left ? left : ms > 0 ? ms : 0;
}

long
client_time_left(const struct client *c, int64_t until, long most)
{
	return (long)closer_deadline(closer_deadline(most, until),
	    c == NULL ? 0 : c->hurry);
}

/* Milliseconds that this call may take; 0: it must not begin. */
static long
time_for(const struct behalf *by, enum call_kind kind)
{
	const long	 most = call_limits[kind].total_ms;
	const long	 left = client_time_left(by->api, by->until, most);

	return call_limits[kind].whole && left > 0 ? most : left;
}

static const char *
path_without_query(struct arena *mem, const char *path)
{
	return arena_ndup(mem, path, strcspn(path, "?"));
}

/*
 * Says whether the reply may be shown.  A success of the token endpoint, even a
 * part of one, may hold new tokens in a form that we do not recognise and so
 * cannot redact.
 */
static bool
may_show(const struct client_request *q, const struct http_reply *r)
{
	return r->body != NULL && r->bodysz > 0 &&
	    (call_kind(q) != CALL_TOKEN || r->status >= 300);
}

static void
report_call(const struct behalf *by, const struct client_request *q,
    const struct http_reply *r, bool failed, const void *kept)
{
	const struct client	*c = by->api;
	const struct secret	*hide[NHIDE] = {
		q->token, c->set->client_secret, q->hide[0], q->hide[1],
		q->hide[2]
	};
	struct client_call	 call = {
		.purpose = q->purpose,
		.method = q->method,
		.path = path_without_query(by->mem, q->path),
		.status = r->status,
		.error = r->error,
		.ms = r->ms,
		.limit = { LIMIT_UNSAID, LIMIT_UNSAID, LIMIT_UNSAID, 0 },
		.kept = kept,
		.reply = failed && may_show(q, r) ?
		    redact(by->mem, r->body, r->bodysz, hide, NHIDE) : NULL,
	};

	if (r->fate == HTTP_ANSWERED && !q->oauth)
		limit_read(r, &call.limit);
	if (failed)
		log_warn("calendly: %s: %s %s: status %d after %ld ms: %s: %s",
		    call.purpose, call.method, call.path, call.status,
		    call.ms, call.error == NULL ? "refused" : call.error,
		    call.reply == NULL ? "no reply" : call.reply);
	else
		log_info("calendly: %s: %s %s: status %d after %ld ms",
		    call.purpose, call.method, call.path, call.status,
		    call.ms);
	if (c->observe != NULL)
		c->observe(c->observer, by, &call);
}

/*
 * Reads the reply.  A success must be JSON (unless it may be empty); of an
 * error only the status matters.
 */
static enum cal_err
read_reply(struct arena *mem, const struct client_request *q,
    struct http_reply *r, struct client_reply *out)
{
	enum cal_err	 rc = call_outcome(r->status), parsed;
	const char	*why;

	out->status = r->status;
	if (r->bodysz > 0 && (parsed = json_parse_spoiled(mem, r->body,
	    r->bodysz, &REPLY_CAPS, &out->json, &why)) != CAL_OK) {
		out->json = NULL;
		out->too_big = parsed == CAL_TOOLARGE;
		if (rc == CAL_OK && r->status != 204)
			r->error = out->too_big ? why : "the reply is not JSON";
	} else if (rc == CAL_OK && r->bodysz == 0 && r->status != 204 &&
	    !q->oauth)
		r->error = "the reply is empty";
	if (rc == CAL_OK && r->error == NULL && q->take != NULL)
		r->error = q->take(q->taker, mem, out->json);
	return rc == CAL_OK && r->error != NULL ? CAL_UPSTREAM : rc;
}

static const struct http_header *
headers_for(struct arena *mem)
{
	struct http_header	*h = arena_array(mem, 3, sizeof(*h));

	h[0] = (struct http_header){ "Accept", "application/json" };
	if (log_request_id()[0] != '\0')
		h[1] = (struct http_header){ "X-Request-Id",
		    log_request_id() };
	return h;
}

/*
 * Makes the call.  Only reads may reuse a connection, because a request on a
 * connection that the server closes meanwhile may or may not have been carried
 * out.
 */
static enum cal_err
client_call_once(struct client *c, struct arena *mem,
    const struct client_request *q, long ms, struct http_reply *r)
{
	const struct http_request hq = {
		.method = q->method,
		.url = arena_printf(mem, "%s%s", q->oauth ? c->set->auth_url :
		    c->set->api_url, q->path),
		.headers = headers_for(mem),
		.content_type = q->body == NULL ? NULL : q->oauth ?
		    "application/x-www-form-urlencoded" : "application/json",
		.body = q->body,
		.bodysz = q->bodysz,
		.bearer = q->token,
		.basic_user = q->basic ? c->set->client_id : NULL,
		.basic_password = q->basic ? c->set->client_secret : NULL,
		.fresh = strcmp(q->method, "GET") != 0,
		.total_ms = ms,
		.patient = call_limits[call_kind(q)].patient,
	};

	return http_call(c->http, mem, &hq, r);
}

/* Why the call may not be made now; NULL if it may. */
static const char *
client_hindrance(const struct behalf *by, bool oauth, long ms,
    const void **kept)
{
	const struct client	*c = by->api;
	const char		*why = NULL;

	if (c->shut != NULL)
		why = c->shut(c->guard, by, oauth, c->reads, kept);
	return why == NULL && ms == 0 ? "no time left for it" : why;
}

enum cal_err
client_send(struct behalf by, const struct client_request *q,
    struct client_reply *out)
{
	struct client		*c = by.api;
	struct http_reply	 r = { .fate = HTTP_NOT_SENT };
	const long		 ms = time_for(&by, call_kind(q));
	const void		*kept = NULL;
	enum cal_err		 rc = CAL_UNAVAILABLE;

	*out = (struct client_reply){ .fate = HTTP_NOT_SENT };
	c->unusable = false;
	c->reads = call_kind(q) == CALL_READ;
	r.error = client_hindrance(&by, q->oauth, ms, &kept);
	if (r.error == NULL)
		rc = client_call_once(c, by.mem, q, ms, &r);
	out->fate = r.fate;
	out->body = (struct bytes){ r.body, r.bodysz };
	out->too_big = r.too_large;
	if (rc == CAL_OK) {
		rc = read_reply(by.mem, q, &r, out);
		c->unusable = rc == CAL_UPSTREAM && r.status / 100 == 2;
	}
	report_call(&by, q, &r, rc != CAL_OK, kept);
	return rc;
}

void
client_use_loop(struct client *c, struct http_loop *loop)
{
	http_use_loop(c->http, loop);
}

int64_t
client_since(const struct client *c, bool *reads)
{
	*reads = c->reads;
	return http_since(c->http);
}

void
client_give_up(struct client *c, const char *why)
{
	http_give_up(c->http, why);
}
