/*
 * listen_forward: see listen.h.
 *
 * A receiver that is not there is waited for, because a developer starts it
 * later, or restarts it.  One that is there but refuses an event, or does not
 * answer, gets a few tries; then the next event has its turn.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "app/ctl/ctl.h"
#include "app/ctl/listen.h"
#include "app/ctl/listen_words.h"
#include "app/service/push/sign.h"
#include "lib/arena.h"
#include "lib/http.h"
#include "lib/http_after.h"
#include "lib/json.h"

enum {
	AFTER_MAX = 30,		/* seconds of Retry-After that are believed */
	ABSENT_MS = 500,	/* between looks for a receiver */
};

static const long	try_pauses_ms[] = { 1000, 2000, 4000 };

enum { TRIES = sizeof(try_pauses_ms) / sizeof(try_pauses_ms[0]) + 1 };

/* An event on its way. */
struct delivery {
	const struct listen_event *ev;
	struct http_reply	 reply;	/* to the latest try */
	int			 tries;	/* that reached the receiver */
	bool			 waited; /* it was told that nobody is there */
};

static enum cal_err
push_once(struct listen *l, struct delivery *d)
{
	const int64_t			 at = time(NULL);
	const struct secret *const	 secrets[] = { l->secret };
	struct arena			*mem = l->push_mem;
	const struct http_header	 headers[] = {
		{ "webhook-id", d->ev->id },
		{ "webhook-timestamp", arena_printf(mem, "%" PRId64, at) },
		{ "webhook-signature", push_signature(mem, secrets, 1,
		    d->ev->id, at, d->ev->json) },
		{ NULL, NULL },
	};
	const struct http_request	 rq = {
		.method = "POST",
		.url = l->forward,
		.headers = headers,
		.content_type = "application/json",
		.body = d->ev->json.p,
		.bodysz = d->ev->json.n,
		.patient = true,
	};

	return http_call(l->receiver, mem, &rq, &d->reply);
}

static bool
was_taken(const struct delivery *d)
{
	return d->reply.status >= 200 && d->reply.status < 300;
}

/* Returns the pause before the next try; 0: there is none. */
static long
next_try(const struct delivery *d)
{
	long	 ms, asked;

	if (was_taken(d) || d->tries == TRIES || d->reply.status == 410)
		return 0;
	ms = try_pauses_ms[d->tries - 1];
	asked = http_retry_after(&d->reply);
	if (asked > AFTER_MAX)
		asked = AFTER_MAX;
	return asked * 1000 > ms ? asked * 1000 : ms;
}

static const char *
outcome(struct arena *mem, const struct delivery *d, long pause)
{
	const char	*status, *why = "", *next;

	status = d->reply.status == 0 ? "-" : arena_printf(mem, "%d",
	    d->reply.status);
	if (was_taken(d))
		return arena_printf(mem, "%s  %ld ms", status, d->reply.ms);
	why = listen_refused(mem, &d->reply);
	next = pause == 0 ? arena_printf(mem, "given up, on with the next") :
	    arena_printf(mem, "again in %ld s", pause / 1000);
	return arena_printf(mem, "%s  %ld ms  try %d of %d: %s%s%s", status,
	    d->reply.ms, d->tries, (int)TRIES, why, *why == '\0' ? "" : "; ",
	    next);
}

/* Programs get one line for each event, when it is known what became of it. */
static const char *
outcome_json(struct arena *mem, const struct delivery *d)
{
	struct json	*j = json_new(mem);
	size_t		 n;

	json_object(j, NULL);
	json_raw(j, "event", d->ev->json.p);
	json_object(j, "push");
	if (d->reply.status == 0)
		json_null(j, "status");
	else
		json_num(j, "status", d->reply.status);
	json_num(j, "ms", d->reply.ms);
	json_num(j, "tries", d->tries);
	json_bool(j, "delivered", was_taken(d));
	json_str(j, "error", was_taken(d) ? NULL :
	    listen_refused(mem, &d->reply));
	json_end(j);
	json_end(j);
	return json_done(j, &n);
}

static void
print_outcome(struct listen *l, const struct delivery *d, long pause)
{
	struct arena	*mem = l->push_mem;

	if (l->json && pause == 0)
		listen_print(l, outcome_json(mem, d));
	else if (!l->json)
		listen_print(l, listen_line(mem, d->ev,
		    outcome(mem, d, pause)));
}

/* Says once for each event that nobody is there. */
static void
wait_for_receiver(struct listen *l, struct delivery *d)
{
	const char	*why = listen_refused(l->push_mem, &d->reply);

	if (!d->waited)
		ctl_say("nobody answers at %s (%s%s): the event is kept until "
		    "your receiver is there", l->forward, why,
		    listen_reach(why));
	d->waited = true;
	listen_pause(l, ABSENT_MS);
}

/* Returns the pause before the next try; 0: the event is done. */
static long
forward_try(struct listen *l, struct delivery *d)
{
	enum cal_err	 rc;
	long		 pause;

	arena_reset(l->push_mem);
	rc = push_once(l, d);
	if (l->over && rc != CAL_OK)
		return 0;
	if (rc == CAL_UNAVAILABLE || rc == CAL_INVALID) {
		wait_for_receiver(l, d);
		return ABSENT_MS;
	}
	d->tries++;
	pause = next_try(d);
	print_outcome(l, d, pause);
	listen_pause(l, pause);
	return pause;
}

bool
listen_forward(struct listen *l, const struct listen_event *ev)
{
	struct delivery	 d = { .ev = ev };
	long		 pause;

	while ((pause = forward_try(l, &d)) > 0 && !l->over)
		;
	if (was_taken(&d))
		l->taken++;
	else if (pause == 0 && !l->over)
		l->given_up++;
	return was_taken(&d) || !l->over;
}
