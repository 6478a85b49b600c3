/* runner: a process that does background work, job by job. */
#include <malloc.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "app/job/job.h"
#include "app/job/lanes.h"
#include "app/metric/metric.h"
#include "app/process/runner.h"
#include "app/service/calls/open.h"
#include "app/service/keys/check.h"
#include "app/service/service.h"
#include "lib/arena.h"
#include "lib/chance.h"
#include "lib/clock.h"
#include "lib/log.h"

enum {
	MEMORY_MAX = 256 * 1024 * 1024,	/* per round, and for the lanes' work */
	IDLE_MS = 200,		/* between rounds, if there is no work */
	SOON_MS = 20,		/* between rounds, if a job left work */
	TROUBLE_MAX_MS = 5000,
	JITTER = 15,			/* per cent of a pause between rounds */
};

/*
 * Backs off while the database cannot be reached, up to a pause short enough
 * that its return is soon noticed.
 */
static long
next_wait(enum cal_err rc, bool worked, long last)
{
	if (rc == CAL_OK)
		return worked ? 0 : IDLE_MS;
	if (last < IDLE_MS)
		return IDLE_MS;
	return last < TROUBLE_MAX_MS / 2 ? last * 2 : TROUBLE_MAX_MS;
}

/* The state of a runner's rounds (see job_round()). */
struct rounds {
	enum cal_err	 rc;		/* what the last round returned */
	long		 wait;		/* ms from the last round to the next */
	int64_t		 last;		/* of the last round, by clock_ms() */
	int64_t		 due;
	int64_t		 look;		/* when it looks for what is due by the
					 * clock */
};

static void
do_round(struct service *cal, struct arena *mem, struct rounds *r)
{
	bool	 worked = false;

	r->rc = job_round(cal, mem, &worked);
	r->wait = next_wait(r->rc, worked, r->wait);
	r->last = clock_ms();
	r->due = r->last + chance_spread(r->wait, JITTER);
	r->look = r->last;
}

/*
 * A runner that does jobs asks for those that are due by the clock, too, and
 * then looks for them at once.  One that does none would leave them waiting
 * until another runner looks.
 *
 * It looks with each round, because others can move the times, and when the
 * next one is due before the next round.
 */
static void
look_for_due(struct service *cal, struct arena *mem, struct lanes *lanes,
    struct rounds *r)
{
	const int64_t	 now = clock_ms();
	long		 ms = r->due > now ? (long)(r->due - now) : 1;
	bool		 asked = false;

	r->rc = job_ask_due(cal, mem, &asked, &ms);
	if (asked)
		lanes_hint(lanes);
	if (r->rc != CAL_OK) {
		r->wait = next_wait(r->rc, false, r->wait);
		r->due = clock_ms() + chance_spread(r->wait, JITTER);
	}
	r->look = clock_ms() + ms;
}

/*
 * Does a round if one is due, and looks for what is due by the clock; returns
 * the ms until the next of both.  While the database is away, only rounds are
 * tried.
 */
static long
go_round(struct service *cal, struct arena *mem, struct lanes *lanes,
    struct rounds *r)
{
	int64_t	 next, now;

	if (clock_ms() >= r->due)
		do_round(cal, mem, r);
	if (lanes != NULL && r->rc == CAL_OK && clock_ms() >= r->look)
		look_for_due(cal, mem, lanes, r);
	next = lanes != NULL && r->rc == CAL_OK && r->look < r->due ?
	    r->look : r->due;
	now = clock_ms();
	return next > now ? (long)(next - now) : 0;
}

/*
 * A job that ended may have left events, so the next round is moved forward to
 * bring them into the feed; the short delay lets several jobs share one round.
 */
static void
go_soon(struct rounds *r)
{
	if (r->rc == CAL_OK && r->due > r->last + SOON_MS)
		r->due = r->last + SOON_MS;
}

static void
runner_clean(struct arena *mem)
{
	arena_reset(mem);
	log_request(NULL);
	(void)log_wait_ms();
	metric_log_dropped();
}

/* Works until the master closes the leash (generation.h). */
static void
runner_loop(struct service *cal, struct arena *mem, struct lanes *lanes,
    int leash)
{
	struct pollfd	 pfd = { .fd = leash, .events = POLLIN };
	struct rounds	 r = { .rc = CAL_OK };
	long		 ms, soon;

	for (ms = 0; poll(&pfd, 1, lanes == NULL ? (int)ms : 0) <= 0;) {
		ms = go_round(cal, mem, lanes, &r);
		if (lanes != NULL) {
			soon = r.rc == CAL_OK ? lanes_fill(lanes, mem) : ms;
			if (lanes_turn(lanes, mem, soon < ms ? soon : ms,
			    leash))
				go_soon(&r);
		}
		runner_clean(mem);
	}
}

/*
 * Brings the jobs in hand to their end; the master kills a runner that takes
 * too long.
 */
static void
runner_leave(struct lanes *lanes, struct arena *mem)
{
	if (lanes == NULL)
		return;
	lanes_hurry(lanes);
	while (!lanes_are_empty(lanes)) {
		(void)lanes_turn(lanes, mem, IDLE_MS, -1);
		runner_clean(mem);
	}
	lanes_free(lanes);
}

int
runner_run(const struct settings *s, bool jobs, int leash)
{
	struct service	*cal;
	struct arena	*mem;
	struct lanes	*lanes;

	/*
	 * With one malloc arena all tasks share freed memory, instead of each
	 * thread keeping its own.
	 */
	(void)mallopt(M_ARENA_MAX, 1);
	if (service_open(s, SERVICE_RUNNER, &cal) != CAL_OK)
		return EXIT_FAILURE;
	mem = arena_new(MEMORY_MAX);
	keys_say(cal, mem);
	lanes = jobs ? lanes_new(cal) : NULL;
	runner_loop(cal, mem, lanes, leash);
	runner_leave(lanes, mem);
	log_finish();
	arena_free(mem);
	service_close(cal);
	return EXIT_SUCCESS;
}
