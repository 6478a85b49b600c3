/*
 * runner: a process that does the work in the background, job by job.
 */
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>

#include "app/chance.h"
#include "app/job/job.h"
#include "app/metric.h"
#include "app/runner.h"
#include "app/service/calendly.h"
#include "app/service/keys.h"
#include "lib/arena.h"
#include "lib/log.h"

enum {
	MEMORY_MAX = 256 * 1024 * 1024,	/* that one round of jobs may take */
	IDLE_MS = 200,
	TROUBLE_MAX_MS = 5000,
	JITTER = 25,			/* per cent */
};

static bool
let_go(int leash, long wait_ms)
{
	struct pollfd	 pfd = { .fd = leash, .events = POLLIN };

	return poll(&pfd, 1, (int)chance_spread(wait_ms, JITTER)) > 0;
}

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

static void
run(struct calendly *cal, struct arena *mem, bool jobs, int leash)
{
	enum cal_err	 rc;
	bool		 worked;
	long		 wait = 0;

	while (!let_go(leash, wait)) {
		worked = false;
		rc = job_run_some(cal, mem, jobs, &worked);
		wait = next_wait(rc, worked, wait);
		arena_reset(mem);
		log_request(NULL);
		(void)log_wait_ms();
		metric_log_dropped();
	}
}

int
runner_run(const struct settings *s, bool jobs, int leash)
{
	struct calendly	*cal;
	struct arena	*mem;

	if (calendly_open(s, CALENDLY_RUNNER, &cal) != CAL_OK)
		return EXIT_FAILURE;
	mem = arena_new(MEMORY_MAX);
	keys_say(cal, mem);
	run(cal, mem, jobs, leash);
	log_finish();
	arena_free(mem);
	calendly_close(cal);
	return EXIT_SUCCESS;
}
