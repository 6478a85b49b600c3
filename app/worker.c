/*
 * worker: a process that answers requests: an app worker one at a time, an
 * ingest worker all that wait.
 *
 * How it waits and stops, and why so, is told in docs/fastcgi.md.
 */
#include <poll.h>
#include <stdlib.h>

#include "app/chance.h"
#include "app/route.h"
#include "app/service/calendly.h"
#include "app/settings.h"
#include "app/worker.h"
#include "lib/arena.h"
#include "lib/log.h"
#include "lib/req.h"

enum {
	LISTENER,
	LEASH,
	/* That what is in hand may take: what hostile JSON of 1 MiB grows to,
	 * and for app workers a few pages of it. */
	MEMORY_MAX = 128 * 1024 * 1024,
	BODIES_MAX = 1024 * 1024,	/* bytes; then no more are taken */
	JITTER = 10,			/* per cent */
};

/*
 * Whether to go on.  Let go, and others come after us: leave.  Let go, and
 * nobody does (there is a byte in the pipe): first take all who wait.
 */
static bool
wanted(const struct pollfd *pfd)
{
	if (pfd[LEASH].revents == 0)
		return true;
	return (pfd[LEASH].revents & POLLIN) != 0 &&
	    (pfd[LISTENER].revents & POLLIN) != 0;
}

/* As many as wait, but no more than may be in hand. */
static enum cal_err
take(struct req_queue *q, struct arena *mem, struct req *all, size_t most,
    size_t *n)
{
	enum cal_err	 rc = CAL_OK;
	long		 bytes = 0;

	for (*n = 0; *n < most && bytes < BODIES_MAX; ++*n) {
		if ((rc = req_accept(q, mem, &all[*n])) != CAL_OK)
			break;
		bytes += all[*n].length;
	}
	return *n > 0 ? CAL_OK : rc;
}

static enum cal_err
serve_some(struct calendly *cal, enum calendly_role role, struct req_queue *q,
    struct arena *mem, long *served)
{
	struct req	 all[REQ_MOST];
	const bool	 ingest = role == CALENDLY_INGEST;
	enum cal_err	 rc;
	size_t		 i, n;

	if ((rc = take(q, mem, all, ingest ? REQ_MOST : 1, &n)) != CAL_OK)
		return rc;
	if (ingest)
		route_dispatch_all(cal, mem, all, n);
	else
		route_dispatch(cal, &all[0]);
	for (i = 0; i < n; i++)
		req_finish(&all[i]);
	calendly_act_for(cal, NULL, NULL);
	arena_reset(mem);
	log_request(NULL);
	*served += (long)n;
	return CAL_OK;
}

static int
serve(struct calendly *cal, enum calendly_role role, struct req_queue *q,
    struct arena *mem, struct pollfd *pfd, long max)
{
	enum cal_err	 rc;
	long		 served = 0;

	while (max == 0 || served < max) {
		if (poll(pfd, 2, -1) == -1)
			continue;
		if (!wanted(pfd))
			return EXIT_SUCCESS;
		rc = serve_some(cal, role, q, mem, &served);
		if (rc != CAL_OK && rc != CAL_UNAVAILABLE)
			return EXIT_FAILURE;	/* else another was faster */
	}
	log_info("served %ld requests: making room for a fresh process",
	    served);
	return EXIT_SUCCESS;
}

int
worker_run(const struct settings *s, enum calendly_role role, int listener,
    int leash)
{
	struct pollfd		 pfd[] = {
		[LISTENER] = { .fd = listener, .events = POLLIN },
		[LEASH] = { .fd = leash, .events = POLLIN },
	};
	struct calendly		*cal = NULL;
	struct req_queue	*q = NULL;
	struct arena		*mem;
	int			 rc = EXIT_FAILURE;

	mem = arena_new(MEMORY_MAX);
	if (calendly_open(s, role, &cal) == CAL_OK &&
	    req_queue_open(listener, &q) == CAL_OK) {
		cal->leash = leash;
		rc = serve(cal, role, q, mem, pfd,
		    chance_spread(s->worker_requests, JITTER));
	}
	req_queue_close(q);
	calendly_close(cal);
	arena_free(mem);
	return rc;
}
