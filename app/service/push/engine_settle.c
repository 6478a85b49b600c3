/*
 * engine_settle: see engine_own.h.
 */
#include <stdio.h>

#include "app/metric/metric.h"
#include "app/repo/push.h"
#include "app/service/push/engine_own.h"
#include "app/service/push/flight.h"
#include "app/service/push/outcome.h"
#include "lib/clock.h"
#include "lib/http.h"
#include "lib/http_many.h"
#include "lib/log.h"
#include "lib/when.h"

enum {
	SAY_MS = 60 * 1000,		/* between logged failures of one
					 * destination */
	UNFIT_HOLD_MS = 60 * 1000,
};

/*
 * Says whether a failure is logged: the first one, and one a minute.  It
 * depends on nothing that ends with a claim, because a destination that asks
 * for short pauses is claimed anew after each.
 */
static bool
is_worth_saying(const struct destination_health *before, int64_t now)
{
	const int64_t	 since = before->failing_since;

	return since == 0 || (now - since) / SAY_MS !=
	    (before->failure_at - since) / SAY_MS;
}

static void
say_failure(const struct target *t, const struct flight *f,
    const struct outcome *o)
{
	/* A redirect's Location may hold a secret of the host app. */
	if (o->status != 0)
		log_info("push: destination %s: event %s, try %lld: it answers "
		    "%d", t->id, f->event_id, (long long)f->attempts + 1,
		    o->status);
	else
		log_info("push: destination %s: event %s, try %lld: %s", t->id,
		    f->event_id, (long long)f->attempts + 1, o->error);
}

/* The destination keeps what is said of its last failure. */
static const char *
keep_words(struct target *t, const char *words)
{
	(void)snprintf(t->failure, sizeof(t->failure), "%s", words);
	return t->failure;
}

static void
judge_success(struct target *t, struct flight *f, int64_t now)
{
	f->result.status = PUSH_DELIVERED;
	/* Failures before it that were not told yet are none to be told. */
	t->news = health_success(&t->health, f->probe, now);
	target_widen(t, f->result.ms);
	metric_count(METRIC_PUSHES, "delivered", NULL);
	if (!f->replay)
		metric_observe(METRIC_PUSH_LAG, NULL,
		    now - when_unix_ms(f->received_at));
}

static void
judge_failure(struct target *t, struct flight *f, const struct outcome *o,
    int64_t now)
{
	const struct health_failure	 failure = {
		.why = keep_words(t, o->error),
		.first = f->attempts == 0,
		.probe = f->probe,
		.hold_ms = o->hold_ms,
	};
	const bool			 say = is_worth_saying(&t->health, now);
	enum health_news		 news;
	bool				 dead;

	news = health_failure(&t->health, &failure, now);
	if (news != HEALTH_SAME)
		t->news = news;
	t->gone = t->gone || o->gone;
	target_narrow(t);
	dead = health_gives_up(&t->health, f->first_answered_ms, now);
	f->result.status = dead ? PUSH_DEAD : PUSH_WAITING;
	f->result.next_at = health_next(&t->health, &failure, f->attempts + 1,
	    now);
	metric_count(METRIC_PUSHES, dead ? "dead" : "failed", NULL);
	if (say)
		say_failure(t, f, o);
}

static void
judge_flight(struct engine *e, struct flight *f, const struct outcome *o,
    int64_t ms)
{
	struct target		*t = f->target;
	const int64_t		 now = engine_db_now(e);

	f->result = (struct push_result){
		.destination_id = t->id,
		.tenant_id = t->tenant_id,
		.push_id = f->push_id,
		.event_id = f->event_id,
		.seq = f->seq,
		.lane = f->lane,
		.replay = f->replay,
		.at = f->at,
		.answer_status = o->status,
		.ms = ms,
		.answer = o->answer,
		.error = o->error,
	};
	if (o->delivered)
		judge_success(t, f, now);
	else
		judge_failure(t, f, o, now);
	f->result.answered_ms = health_clock(&t->health, now);
	f->ended = true;
	t->busy_at = clock_ms();
	e->record_at = 0;
}

static void
land(struct engine *e, const struct flight *f)
{
	e->in_flight--;
	e->bytes -= f->size;
	f->target->in_flight--;
	f->target->bytes -= f->size;
}

void
engine_settle(struct engine *e)
{
	struct http_reply	 reply;
	struct outcome		 o;
	struct flight		*f;
	enum cal_err		 rc;

	while ((f = http_many_landed(e->many, &reply, &rc)) != NULL) {
		land(e, f);
		/* What was given up has not been tried. */
		if (e->leaving && rc != CAL_OK)
			continue;
		outcome_read(f->mem, &reply, f->target->hide,
		    f->target->nhide, &o);
		metric_observe(METRIC_PUSH_SECONDS, NULL, reply.ms);
		judge_flight(e, f, &o, reply.ms);
	}
}

void
engine_settle_unsent(struct engine *e, struct flight *f, const char *why)
{
	const struct outcome	 o = { .error = why };

	land(e, f);
	judge_flight(e, f, &o, 0);
}

void
engine_settle_unfit(struct engine *e, struct target *t)
{
	const struct health_failure	 failure = {
		.why = t->unfit, .hold_ms = UNFIT_HOLD_MS,
	};

	t->news = health_failure(&t->health, &failure, engine_db_now(e));
	t->dirty = true;
	e->record_at = 0;
}
