/*
 * flight: see flight.h.
 */
#include <inttypes.h>
#include <stddef.h>
#include <time.h>

#include "app/repo/event.h"
#include "app/service/event_json.h"
#include "app/service/push/flight.h"
#include "app/service/push/guard.h"
#include "app/service/push/sign.h"
#include "app/service/push/target.h"
#include "app/settings/settings.h"
#include "app/version.h"
#include "lib/arena.h"
#include "lib/http.h"
#include "lib/http_many.h"
#include "lib/json.h"

enum {
	MEMORY_MAX = 64 * 1024 * 1024,	/* of one push, with its event */
	OWN_HEADERS = 4,		/* that calendlyd itself adds */
	CONNECT_MS = 5 * 1000,
	REPLY_MAX = 64 * 1024,
	REPLY_KEPT = 8 * 1024,		/* more than is stored, so that a secret
					 * which would be cut is found as a
					 * whole */
};

struct http_many *
flight_client(const struct settings *set, struct guard *guard, long total_ms,
    int connections)
{
	const struct http_limits	 limits = {
		.connect_ms = CONNECT_MS,
		.total_ms = total_ms,
		.reply_max = REPLY_MAX,
		.user_agent = "calendlyd/" CALENDLYD_VERSION,
		.ca_file = set->ca_file,
	};
	const struct http_many_rules	 rules = {
		.may_connect = guard_may_connect,
		.arg = guard,
		.keep = REPLY_KEPT,
		.http_elsewhere = true,
		.connections = connections,
	};

	return http_many_new(&limits, &rules);
}

struct flight *
flight_new(struct target *t, const struct push_taken *taken, bool probe,
    int64_t db_now)
{
	struct arena	*mem = arena_new(MEMORY_MAX);
	struct flight	*f = arena_alloc(mem, sizeof(*f));

	f->mem = mem;
	f->target = t;
	f->is_new = taken->push_id == NULL;
	f->push_id = f->is_new ? NULL : arena_dup(mem, taken->push_id);
	f->event_id = arena_dup(mem, taken->event.id);
	f->type = arena_dup(mem, taken->event.type);
	f->received_at = arena_dup(mem, taken->event.received_at);
	f->lane = arena_dup(mem, taken->lane);
	f->seq = taken->event.seq;
	f->attempts = taken->attempts;
	f->first_answered_ms = taken->first_answered_ms;
	f->replay = taken->replay;
	f->probe = probe;
	f->at = db_now;
	f->next = t->flights;
	t->flights = f;
	t->in_flight++;
	return f;
}

void
flight_free(struct flight *f)
{
	struct flight	**at = &f->target->flights;

	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	arena_free(f->mem);
}

/* Returns the headers of the request, ending with a NULL name, or NULL. */
static const struct http_header *
request_headers(const struct flight *f, struct bytes body)
{
	const struct target	*t = f->target;
	const int64_t		 now = time(NULL);
	const char		*signature;
	struct http_header	*list;
	size_t			 n = 0, own = 0;

	signature = push_signature(f->mem, t->secrets, t->nsecrets == 2 &&
	    f->at >= t->former_until ? 1 : t->nsecrets, f->event_id, now,
	    body);
	if (signature == NULL)
		return NULL;
	while (t->headers[own].name != NULL)
		own++;
	list = arena_array(f->mem, own + OWN_HEADERS + 1, sizeof(*list));
	list[n++] = (struct http_header){ "webhook-id", f->event_id };
	list[n++] = (struct http_header){ "webhook-timestamp",
	    arena_printf(f->mem, "%" PRId64, now) };
	list[n++] = (struct http_header){ "webhook-signature", signature };
	if (f->replay)
		list[n++] = (struct http_header){ "calendlyd-replay", "true" };
	while (own-- > 0)
		list[n++] = t->headers[own];
	return list;
}

const char *
flight_begin(struct http_many *many, struct flight *f, const struct event *ev)
{
	struct json		*j = json_new(f->mem);
	struct http_request	 rq = {
		.method = "POST", .url = f->target->url,
		.content_type = "application/json",
	};
	const char		*why;

	/*
	 * Some servers answer before they have read the body, which makes
	 * libcurl lose the answer if they speak HTTP/2.
	 */
	rq.http1 = f->attempts > 0;
	event_json(j, NULL, ev);
	rq.body = json_done(j, &rq.bodysz);
	f->size = rq.bodysz;
	rq.headers = request_headers(f, (struct bytes){ rq.body, rq.bodysz });
	if (rq.headers == NULL)
		return "not sent: its secret is not one";
	return http_many_begin(many, f->mem, &rq, f, &why) == CAL_OK ? NULL :
	    why;
}
