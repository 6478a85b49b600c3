/* pusher: a process that pushes events to destinations. */
#include <sys/resource.h>

#include <malloc.h>
#include <poll.h>
#include <stdlib.h>

#include "app/metric/metric.h"
#include "app/process/pusher.h"
#include "app/service/calls/open.h"
#include "app/service/push/engine.h"
#include "app/service/service.h"
#include "lib/log.h"

enum { DESCRIPTORS_MOST = 64 * 1024 };

/*
 * Each call under way needs a file descriptor, so all that the system allows
 * are used.  Returns how many these are.
 */
static long
raise_descriptors(void)
{
	struct rlimit	 l;

	if (getrlimit(RLIMIT_NOFILE, &l) == -1)
		return 0;
	l.rlim_cur = l.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &l) == -1)
		(void)getrlimit(RLIMIT_NOFILE, &l);
	return l.rlim_cur > (rlim_t)DESCRIPTORS_MOST ? (long)DESCRIPTORS_MOST :
	    (long)l.rlim_cur;
}

static void
push_until_let_go(struct engine *e, int leash)
{
	struct pollfd	 pfd = { .fd = leash, .events = POLLIN };

	while (poll(&pfd, 1, 0) <= 0) {
		engine_turn(e, leash);
		(void)log_wait_ms();
		metric_log_dropped();
	}
}

int
pusher_run(const struct settings *s, int leash)
{
	struct service	*cal;
	struct engine	*e;

	(void)mallopt(M_ARENA_MAX, 1);
	if (service_open(s, SERVICE_PUSHER, &cal) != CAL_OK)
		return EXIT_FAILURE;
	e = engine_new(cal, raise_descriptors());
	push_until_let_go(e, leash);
	engine_leave(e);
	engine_free(e);
	log_finish();
	service_close(cal);
	return EXIT_SUCCESS;
}
