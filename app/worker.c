/*
 * worker: a process that answers requests: an app worker one at a time, an
 * ingest worker all that wait.
 *
 * How it waits and stops, and why so, is told in docs/fastcgi.md.
 */
#include <sys/epoll.h>

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
	/* What requests in hand may take: what hostile JSON of 1 MiB grows to,
	 * and for app workers a few pages of it. */
	MEMORY_MAX = 128 * 1024 * 1024,
	BODIES_MAX = 1024 * 1024,	/* bytes; then no more are taken */
	/* Memory that one batch leaves for the next, and until when. */
	KEPT_BYTES = 4 * 1024 * 1024,
	KEPT_MS = 200,
	JITTER = 10,			/* per cent */
};

/* Where requests come from. */
struct door {
	struct pollfd	 pfd[2];
	int		 epoll;		/* a request wakes one of us */
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

/* False: the time is over, or the leash wants to be looked at. */
static bool
door_wait(const struct door *d, int ms)
{
	struct epoll_event	 e;

	return epoll_wait(d->epoll, &e, 1, ms) == 1 && e.data.u32 == LISTENER;
}

/* Let go, but the last: nobody would serve those who wait. */
static bool
is_last(const struct door *d)
{
	return (d->pfd[LEASH].revents & POLLIN) != 0;
}

/* As many as wait, but no more than may be in hand. */
static enum cal_err
take(struct req_queue *q, struct arena *mem, struct req *all, size_t most,
    size_t *n)
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

static enum cal_err
serve_some(struct calendly *cal, enum calendly_role role, struct req_queue *q,
    struct arena *mem, long *served)
{
	struct req	 all[REQ_MOST];
	const bool	 ingest = role == CALENDLY_INGEST;
	enum cal_err	 rc;
	size_t		 i, n;

	rc = take(q, mem, all, ingest ? REQ_MOST : 1, &n);
	if (rc != CAL_OK)
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

/* Something is there to be done, or to be left; in both cases looked at. */
static void
await(struct door *d)
{
	if (!door_wait(d, KEPT_MS)) {
		(void)malloc_trim(0);
		(void)door_wait(d, -1);
	}
	while (poll(d->pfd, 2, 0) == -1)
		;
}

/*
 * Who is let go while a request waits takes it all the same, once: it may
 * have woken nobody else.
 */
static int
serve(struct calendly *cal, enum calendly_role role, struct door *d,
    struct req_queue *q, struct arena *mem, long max)
{
	enum cal_err	 rc;
	long		 served = 0;
	bool		 leaving = false;

	while (!leaving && (max == 0 || served < max)) {
		await(d);
		leaving = d->pfd[LEASH].revents != 0 && !is_last(d);
		if (d->pfd[LISTENER].revents == 0) {
			if (d->pfd[LEASH].revents != 0)
				return EXIT_SUCCESS;
			continue;
		}
		rc = serve_some(cal, role, q, mem, &served);
		if (rc != CAL_OK && rc != CAL_UNAVAILABLE)
			return EXIT_FAILURE;	/* else another was faster */
	}
	if (!leaving)
		log_info("served %ld requests: making room for a fresh "
		    "process", served);
	return EXIT_SUCCESS;
}

int
worker_run(const struct settings *s, enum calendly_role role, int listener,
    int leash)
{
	struct door		 door = { .epoll = -1 };
	struct calendly		*cal = NULL;
	struct req_queue	*q = NULL;
	struct arena		*mem;
	int			 rc = EXIT_FAILURE;

	mem = arena_new(MEMORY_MAX);
	(void)mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
	if (!door_open(&door, listener, leash)) {
		log_warn("requests not waited for: %s", strerror(errno));
	} else if (calendly_open(s, role, &cal) == CAL_OK &&
	    req_queue_open(listener, &q) == CAL_OK) {
		cal->leash = leash;
		rc = serve(cal, role, &door, q, mem,
		    chance_spread(s->worker_requests, JITTER));
	}
	req_queue_close(q);
	calendly_close(cal);
	arena_free(mem);
	if (door.epoll != -1)
		(void)close(door.epoll);
	return rc;
}
