/*
 * runner: a process that does the work in the background, job by job.
 */
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
	MEMORY_MAX = 256 * 1024 * 1024,	/* that one round may take */
	IDLE_MS = 200,
	SOON_MS = 20,		/* after a round, if a job leaves work for it */
	TROUBLE_MAX_MS = 5000,
	JITTER = 25,			/* per cent */
};

/* Back off while the database is away, but notice soon that it is back. */
static long
next_wait(enum cal_err rc, bool worked, long last)
{
	if (rc == CAL_OK)
		return worked ? 0 : IDLE_MS;
	if (last < IDLE_MS)
		return IDLE_MS;
	return last < TROUBLE_MAX_MS / 2 ? last * 2 : TROUBLE_MAX_MS;
}

/* The rounds, and when the next is due. */
struct rounds {
	enum cal_err	 rc;		/* how the last went */
	long		 wait;		/* ms from that to the next */
	int64_t		 last;		/* clock_ms(), as the next */
	int64_t		 due;
};

/* In how many ms the next one is due. */
static long
go_round(struct service *cal, struct arena *mem, struct rounds *r)
{
	bool	 worked = false;
	int64_t	 now = clock_ms();

	if (now < r->due)
		return (long)(r->due - now);
	r->rc = job_round(cal, mem, &worked);
	r->wait = next_wait(r->rc, worked, r->wait);
	now = r->last = clock_ms();
	r->due = now + chance_spread(r->wait, JITTER);
	return (long)(r->due - now);
}

/* What a job told goes to the feed soon, but not one by one. */
static void
go_soon(struct rounds *r)
{
	if (r->rc == CAL_OK && r->due > r->last + SOON_MS)
		r->due = r->last + SOON_MS;
}

static void
clean(struct arena *mem)
{
	arena_reset(mem);
	log_request(NULL);
	(void)log_wait_ms();
	metric_log_dropped();
}

/* Until the leash is let go. */
static void
run(struct service *cal, struct arena *mem, struct lanes *lanes, int leash)
{
	struct pollfd	 pfd = { .fd = leash, .events = POLLIN };
	struct rounds	 r = { .rc = CAL_OK };
	long		 ms, soon;

	for (ms = 0; poll(&pfd, 1, lanes == NULL ? (int)ms : 0) <= 0;) {
		ms = go_round(cal, mem, &r);
		if (lanes != NULL) {
			soon = r.rc == CAL_OK ? lanes_fill(lanes, mem) : ms;
			if (lanes_turn(lanes, mem, soon < ms ? soon : ms,
			    leash))
				go_soon(&r);
		}
		clean(mem);
	}
}

/* What is in hand comes to its end; the master kills who takes too long. */
static void
leave(struct lanes *lanes, struct arena *mem)
{
	if (lanes == NULL)
		return;
	lanes_hurry(lanes);
	while (!lanes_are_empty(lanes)) {
		(void)lanes_turn(lanes, mem, IDLE_MS, -1);
		clean(mem);
	}
	lanes_free(lanes);
}

int
runner_run(const struct settings *s, bool jobs, int leash)
{
	struct service	*cal;
	struct arena	*mem;
	struct lanes	*lanes;

	/* Tasks share what is free, or each thread would keep its own. */
	(void)mallopt(M_ARENA_MAX, 1);
	if (service_open(s, SERVICE_RUNNER, &cal) != CAL_OK)
		return EXIT_FAILURE;
	mem = arena_new(MEMORY_MAX);
	keys_say(cal, mem);
	lanes = jobs ? lanes_new(cal) : NULL;
	run(cal, mem, lanes, leash);
	leave(lanes, mem);
	log_finish();
	arena_free(mem);
	service_close(cal);
	return EXIT_SUCCESS;
}
