/*
 * worker: a process that answers requests.  An app worker takes them one at a
 * time and sets aside a request that it cannot answer yet (waiting.h); an
 * ingest worker takes all that have come at once.
 *
 * docs/fastcgi.md tells how a worker waits and stops, and why.
 */
#include <sys/epoll.h>

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/metric/metric.h"
#include "app/process/waiting.h"
#include "app/process/worker.h"
#include "app/route/router.h"
#include "app/service/calls/open.h"
#include "app/service/service.h"
#include "app/service/webhook/refused.h"
#include "app/settings/settings.h"
#include "lib/arena.h"
#include "lib/chance.h"
#include "lib/log.h"
#include "lib/req.h"

enum {
	LISTENER,
	LEASH,
	/*
	 * This suffices for what hostile JSON of 1 MiB grows to, and in app
	 * workers for a few pages of it.
	 */
	MEMORY_MAX = 128 * 1024 * 1024,
	BODIES_MAX = 1024 * 1024,	/* bytes in a batch before it is full */
	/*
	 * An idle worker keeps this much free memory for the next batch, and
	 * gives it back to the system after KEPT_MS without a request.
	 */
	KEPT_BYTES = 4 * 1024 * 1024,
	KEPT_MS = 200,
	RETRY_MS = 5000,	/* until refused webhooks are written again */
	JITTER = 10,			/* per cent, of "worker_requests" */
};

/* The descriptors at which a worker waits for requests. */
struct door {
	struct pollfd	 pfd[2];
	int		 epoll;		/* a request wakes one worker only */
};

static bool
door_open(struct door *d, int listener, int leash)
{
	struct epoll_event	 e;

	d->pfd[LISTENER] = (struct pollfd){ .fd = listener, .events = POLLIN };
	d->pfd[LEASH] = (struct pollfd){ .fd = leash, .events = POLLIN };
	if ((d->epoll = epoll_create1(EPOLL_CLOEXEC)) == -1)
		return false;
	e = (struct epoll_event){ .events = EPOLLIN | EPOLLEXCLUSIVE,
		.data.u32 = LISTENER };
	if (epoll_ctl(d->epoll, EPOLL_CTL_ADD, listener, &e) == -1)
		return false;
	e = (struct epoll_event){ .events = EPOLLIN, .data.u32 = LEASH };
	return epoll_ctl(d->epoll, EPOLL_CTL_ADD, leash, &e) == 0;
}

/*
 * Waits for up to "ms" milliseconds.  Returns true if a request may have come.
 * False: the time is over, or the leash has changed (generation.h), so the
 * caller must read the state of both descriptors.
 */
static bool
door_wait(const struct door *d, int ms)
{
	struct epoll_event	 e;

	return epoll_wait(d->epoll, &e, 1, ms) == 1 && e.data.u32 == LISTENER;
}

/*
 * The master has let the worker go with a byte in the pipe (POOL_LAST): no
 * generation follows, so the worker first serves the requests that wait.
 */
static bool
is_last_worker(const struct door *d)
{
	return (d->pfd[LEASH].revents & POLLIN) != 0;
}

/*
 * Takes the requests that have come, up to "most" of them and about BODIES_MAX
 * bytes of bodies.
 */
static enum cal_err
take_requests(struct req_queue *q, struct arena *mem, struct req *all,
    size_t most, size_t *n)
{
	enum cal_err	 rc = CAL_OK;
	long		 bytes = 0;

	*n = 0;
	while (*n < most && bytes < BODIES_MAX) {
		if ((rc = req_accept(q, mem, &all[*n])) != CAL_OK)
			break;
		bytes += all[(*n)++].length;
	}
	return *n > 0 ? CAL_OK : rc;
}

/* A worker's state. */
struct worker {
	struct service		*cal;
	struct door		 door;
	struct req_queue	*queue;
	struct waiting		*waiting;	/* NULL in ingest workers */
	struct arena		*mem;		/* for the requests in hand */
	long			 served;
};

/* Serves an ingest worker's batch: all requests that have come. */
static enum cal_err
serve_all(struct worker *w)
{
	struct req	 all[REQ_MOST];
	enum cal_err	 rc;
	size_t		 i, n;

	if ((rc = take_requests(w->queue, w->mem, all, REQ_MOST, &n)) != CAL_OK)
		return rc;
	route_dispatch_all(w->cal, w->mem, all, n);
	for (i = 0; i < n; i++)
		req_finish(&all[i]);
	refused_write(w->cal, w->mem);
	w->served += (long)n;
	return CAL_OK;
}

static int
worker_next_due(const struct worker *w)
{
	return w->waiting == NULL ? -1 : waiting_ms(w->waiting);
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
	enum cal_err	 rc = w->waiting == NULL ? serve_all(w) : serve_one(w);

	if (rc != CAL_OK)
		return rc;
	log_about(NULL, NULL);
	arena_reset(w->mem);
	log_request(NULL);
	metric_log_dropped();
	return CAL_OK;
}

/*
 * Returns the milliseconds that an idle worker may sleep; -1: until a request
 * comes.
 */
static int
idle_ms(const struct worker *w)
{
	const int	 ms = log_wait_ms();

	if (!refused_waits(w->cal))
		return ms;
	return ms == -1 || ms > RETRY_MS ? RETRY_MS : ms;
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
	} else if (!door_wait(d, KEPT_MS)) {
		refused_write(w->cal, w->mem);
		arena_reset(w->mem);
		(void)malloc_trim(0);
		(void)door_wait(d, idle_ms(w));
	}
	while (poll(d->pfd, 2, 0) == -1)
		;
	if (ms >= 0)
		w->served += waiting_serve(w->waiting, w->cal);
}

/*
 * Serves requests until the master lets go of this worker or it has served its
 * number.  If a request waits at that moment, it is still served, because the
 * kernel may have woken no other worker for it.
 */
static int
worker_serve(struct worker *w, long max)
{
	struct door	*d = &w->door;
	enum cal_err	 rc;
	bool		 leaving = false;

	while (!leaving && (max == 0 || w->served < max)) {
		await_request(w);
		leaving = d->pfd[LEASH].revents != 0 && !is_last_worker(d);
		if (d->pfd[LISTENER].revents == 0) {
			if (d->pfd[LEASH].revents != 0)
				return EXIT_SUCCESS;
			continue;
		}
		rc = serve_some(w);
		if (rc != CAL_OK && rc != CAL_UNAVAILABLE)
			return EXIT_FAILURE;	/* else another was faster */
	}
	if (!leaving)
		log_info("served %ld requests: making room for a fresh "
		    "process", w->served);
	return EXIT_SUCCESS;
}

/*
 * Lets go of the listener.  If the master and all others are dead, nginx learns
 * at once that nobody takes requests any more, and does not wait for those that
 * are still answered.
 */
static void
close_door(struct door *d)
{
	(void)close(d->epoll);
	d->epoll = -1;
	(void)close(d->pfd[LISTENER].fd);
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

int
worker_run(const struct settings *s, enum service_role role, int listener,
    int leash)
{
	struct worker	 w = { .door = { .epoll = -1 } };
	int		 rc = EXIT_FAILURE;

	w.mem = arena_new(MEMORY_MAX);
	if (role != SERVICE_INGEST)
		w.waiting = waiting_new();
	(void)mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
	if (!door_open(&w.door, listener, leash)) {
		log_warn("requests not waited for: %s", strerror(errno));
	} else if (service_open(s, role, &w.cal) == CAL_OK &&
	    req_queue_open(listener, &w.queue) == CAL_OK) {
		w.cal->leash = leash;
		rc = worker_serve(&w, chance_spread(s->worker_requests,
		    JITTER));
		close_door(&w.door);
		answer_waiting(&w);
	}
	log_finish();
	waiting_free(w.waiting);
	req_queue_close(w.queue);
	service_close(w.cal);
	arena_free(w.mem);
	if (w.door.epoll != -1)
		(void)close(w.door.epoll);
	return rc;
}
