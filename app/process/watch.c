/*
 * watch: see watch.h.
 */
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>

#include "app/metric/metric.h"
#include "app/metric/vitals.h"
#include "app/process/watch.h"
#include "app/service/calls/open.h"
#include "app/service/health/ready.h"
#include "app/service/service.h"
#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/log.h"

enum {
	MEMORY_MAX = 16 * 1024 * 1024,	/* that one check may take */
	LOOK_MS = 1000,			/* from one check to the next */
	GLANCE_MS = 100,		/* between looks at others' trouble */
};

/* The state of the watcher; moments are by clock_ms(). */
struct watch {
	int64_t	begun;		/* when the last check began */
	int64_t	early;		/* when the last check ahead of time began */
	bool	doubted;	/* another process met trouble since "begun" */
};

static bool
watch_released(int leash)
{
	struct pollfd	 pfd = { .fd = leash, .events = POLLIN };

	return poll(&pfd, 1, GLANCE_MS) > 0;
}

/*
 * A check is due every second.  Trouble that other processes note makes one due
 * at once, but at most one extra check a second.
 */
static bool
is_due(struct watch *w)
{
	const int64_t	 now = clock_ms();

	w->doubted = vitals_doubted(w->begun);
	if (now - w->begun >= LOOK_MS)
		return true;
	if (!w->doubted || now - w->early < LOOK_MS)
		return false;
	w->early = now;
	return true;
}

static void
watch(struct service *cal, struct arena *mem, int leash)
{
	struct watch	 w = { .begun = clock_ms() };

	ready_look(cal, mem, false);
	while (!watch_released(leash)) {
		if (!is_due(&w))
			continue;
		w.begun = clock_ms();
		ready_look(cal, mem, w.doubted);
		arena_reset(mem);
		(void)log_wait_ms();
		metric_log_dropped();
	}
}

int
watch_run(const struct settings *s, int leash)
{
	struct service	*cal;
	struct arena	*mem;

	if (service_open(s, SERVICE_WATCH, &cal) != CAL_OK)
		return EXIT_FAILURE;
	mem = arena_new(MEMORY_MAX);
	vitals_watch();
	watch(cal, mem, leash);
	log_finish();
	arena_free(mem);
	service_close(cal);
	return EXIT_SUCCESS;
}
