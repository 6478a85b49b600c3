/*
 * worker: a process that answers requests.  An app worker takes them one at a
 * time and sets aside a request that it cannot answer yet (waiting.h); an
 * ingest worker takes many together (intake.h).
 *
 * docs/fastcgi.md tells how a worker waits and stops, and why.
 */
#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "app/metric/metric.h"
#include "app/process/door.h"
#include "app/process/intake.h"
#include "app/process/waiting.h"
#include "app/process/worker.h"
#include "app/route/router.h"
#include "app/service/calls/open.h"
#include "app/service/service.h"
#include "app/settings/settings.h"
#include "lib/arena.h"
#include "lib/chance.h"
#include "lib/log.h"
#include "lib/req.h"

enum {
	/* This suffices for some pages of hostile JSON of 1 MiB. */
	MEMORY_MAX = 128 * 1024 * 1024,
	/*
	 * An idle worker keeps this much free memory for the next batch, and
	 * gives it back to the system after DOOR_IDLE_MS without a request.
	 */
	KEPT_BYTES = 4 * 1024 * 1024,
	JITTER = 10,			/* per cent, of "worker_requests" */
};

/* A worker's state. */
struct worker {
	struct service		*cal;
	struct door		 door;
	struct req_queue	*queue;
	struct waiting		*waiting;	/* NULL in ingest workers */
	struct arena		*mem;		/* for the requests in hand */
	long			 served;
};

static int
worker_next_due(const struct worker *w)
{
	return waiting_ms(w->waiting);
}

/*
 * Serves one request of an app worker.  A request that is put off takes its
 * arena along, so the worker makes itself a new one.
 */
static enum cal_err
serve_one(struct worker *w)
{
	struct req	 r;
	enum cal_err	 rc;

	if ((rc = req_accept(w->queue, w->mem, &r)) != CAL_OK)
		return rc;
	r.may_wait = waiting_has_room(w->waiting);
	w->cal->others_wait = worker_next_due(w) >= 0;
	route_dispatch(w->cal, &r);
	if (r.later_ms > 0) {
		waiting_add(w->waiting, &r);
		w->mem = arena_new(MEMORY_MAX);
		return CAL_OK;
	}
	req_finish(&r);
	w->served++;
	return CAL_OK;
}

static enum cal_err
serve_some(struct worker *w)
{
	enum cal_err	 rc;

	if ((rc = serve_one(w)) != CAL_OK)
		return rc;
	log_about(NULL, NULL);
	arena_reset(w->mem);
	log_request(NULL);
	metric_log_dropped();
	return CAL_OK;
}

/*
 * Waits until a request comes, the leash changes or a request that was put off
 * is due; then reads the state of both descriptors and serves those that are
 * due.
 */
static void
await_request(struct worker *w)
{
	const int	 ms = worker_next_due(w);
	struct door	*d = &w->door;

	if (ms >= 0) {
		(void)door_wait(d, ms);
	} else if (!door_wait(d, DOOR_IDLE_MS)) {
		arena_reset(w->mem);
		(void)malloc_trim(0);
		(void)door_wait(d, log_wait_ms());
	}
	door_look(d);
	if (ms >= 0)
		w->served += waiting_serve(w->waiting, w->cal);
}

/*
 * Serves requests until the master lets go of this worker or it has served its
 * number.  If a request waits at that moment, it is still served, because the
 * kernel may have woken no other worker for it.
 */
static enum cal_err
worker_serve(struct worker *w, long max)
{
	struct door	*d = &w->door;
	enum cal_err	 rc;
	bool		 leaving = false;

	while (!leaving && (max == 0 || w->served < max)) {
		await_request(w);
		leaving = door_is_let_go(d) && !door_is_last(d);
		if (!door_has_request(d)) {
			if (door_is_let_go(d))
				return CAL_OK;
			continue;
		}
		rc = serve_some(w);
		if (rc != CAL_OK && rc != CAL_UNAVAILABLE)
			return rc;		/* else another was faster */
	}
	if (!leaving)
		log_info("served %ld requests: making room for a fresh "
		    "process", w->served);
	return CAL_OK;
}

/*
 * Answers the requests that were put off before the worker leaves; none of them
 * waits for long.
 */
static void
answer_waiting(struct worker *w)
{
	int	 ms;

	while ((ms = worker_next_due(w)) >= 0) {
		(void)poll(NULL, 0, ms);
		(void)waiting_serve(w->waiting, w->cal);
	}
}

static enum cal_err
serve(struct worker *w, enum service_role role, long max)
{
	const int	 listener = w->door.pfd[DOOR_LISTENER].fd;
	const bool	 ingest = role == SERVICE_INGEST;
	enum cal_err	 rc;

	rc = req_queue_open(listener, ingest ? w->door.epoll : -1, &w->queue);
	if (rc != CAL_OK)
		return rc;
	if (ingest) {
		w->door.queue = w->queue;
		return intake_serve(w->cal, &w->door, max);
	}
	rc = worker_serve(w, max);
	door_close(&w->door);
	answer_waiting(w);
	return rc;
}

int
worker_run(const struct settings *s, enum service_role role, int listener,
    int leash)
{
	struct worker	 w = { .door = { .epoll = -1 } };
	enum cal_err	 rc = CAL_INTERNAL;

	w.mem = arena_new(MEMORY_MAX);
	if (role != SERVICE_INGEST)
		w.waiting = waiting_new();
	(void)mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
	if (!door_open(&w.door, listener, leash)) {
		log_warn("requests not waited for: %s", strerror(errno));
	} else if (service_open(s, role, &w.cal) == CAL_OK) {
		w.cal->leash = leash;
		rc = serve(&w, role, chance_spread(s->worker_requests,
		    JITTER));
	}
	log_finish();
	waiting_free(w.waiting);
	req_queue_close(w.queue);
	service_close(w.cal);
	arena_free(w.mem);
	door_close(&w.door);
	return rc == CAL_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
