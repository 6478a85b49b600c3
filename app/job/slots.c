/*
 * slots: see slots.h.
 */
#include <stddef.h>

#include "app/job/slots.h"
#include "app/metric/metric.h"
#include "app/service/calls/split.h"
#include "lib/clock.h"

enum {
	SLOTS = 512,
	SLOTS_SLOW = SLOTS / 2,
	/*
	 * At most so many runs of the fast lane may be stuck; the slots that
	 * are left suffice for YOUNG jobs and a few more.
	 */
	SLOTS_STUCK = 160,
	/*
	 * While this many calls are younger than YOUNG_MS, no more jobs are
	 * claimed.  An older call is not counted, so that Calendly's silence
	 * does not stop the others.
	 */
	YOUNG = 64,
	YOUNG_MS = 250,
};

static int
count_young(const struct slots *s)
{
	const int64_t		 begun = clock_ms() - YOUNG_MS + 1;
	const struct run	*r;
	int			 n = 0;

	for (r = s->runs; r != NULL; r = r->next)
		n += split_calls_since(r->cal, begun);
	return n;
}

bool
slots_have_room_to_hang(const struct slots *s)
{
	return s->nslow < SLOTS_SLOW;
}

bool
slots_are_stuck(const struct slots *s)
{
	return s->nstuck >= SLOTS_STUCK;
}

bool
slots_have_room(const struct slots *s, bool slow)
{
	return s->n < SLOTS && (!slow || slots_have_room_to_hang(s)) &&
	    count_young(s) < YOUNG;
}

void
slots_add(struct slots *s, struct run *r)
{
	r->next = s->runs;
	s->runs = r;
	s->n++;
}

void
slots_drop(struct slots *s, struct run *r)
{
	struct run	**at = &s->runs;

	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	s->n--;
	s->nslow -= r->counts_slow ? 1 : 0;
}

void
slots_make_slow(struct slots *s, struct run *r)
{
	r->slow = r->counts_slow = true;
	s->nslow++;
}

void
slots_count(struct slots *s)
{
	const struct run	*r;
	bool			 reads;

	s->nstuck = 0;
	for (r = s->runs; r != NULL; r = r->next)
		if (!r->counts_slow && run_age(r, &reads) >= 0 && !reads)
			s->nstuck++;
	metric_set(METRIC_JOBS_IN_HAND, "fast", s->n - s->nslow);
	metric_set(METRIC_JOBS_IN_HAND, "slow", s->nslow);
}

struct run *
slots_find(const struct slots *s, const struct task *t)
{
	struct run	*r;

	for (r = s->runs; r->task != t; r = r->next)
		;
	return r;
}
