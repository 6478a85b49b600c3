/*
 * intake: see intake.h.
 */
#include <malloc.h>
#include <poll.h>
#include <stdlib.h>

#include "app/metric/metric.h"
#include "app/process/door.h"
#include "app/process/intake.h"
#include "app/route/router.h"
#include "app/service/service.h"
#include "app/service/webhook/refused.h"
#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/db.h"
#include "lib/log.h"
#include "lib/req.h"

enum {
	BATCH_MOST = 64,		/* requests in a batch */
	LAST_MOST = 64,			/* new connections that a worker takes
					 * when it leaves */
	/* This suffices for what hostile JSON of 1 MiB grows to. */
	MEMORY_MAX = 128 * 1024 * 1024,
	BODIES_MAX = 1024 * 1024,	/* bytes in a batch before it is full */
	RETRY_MS = 5000,	/* until refused webhooks are written again */
	PILES = 3,
};

/* Requests that are taken together. */
struct pile {
	struct arena		*mem;
	struct route_batch	*batch;
	size_t			 n;
	long			 bytes;		/* of their bodies */
	struct req		 all[BATCH_MOST];
};

struct intake {
	struct service	*cal;
	struct door	*door;
	struct pile	 pile[PILES];
	struct pile	*next;		/* is being taken */
	struct pile	*stored;	/* is to be answered */
	struct pile	*spare;
	enum cal_err	 failed;	/* requests can't be accepted */
	long		 served;
	long		 most;		/* to be served; 0: without end */
	bool		 leaving;
	int		 last;		/* new connections still to be taken */
};

static void
empty(struct pile *p)
{
	arena_reset(p->mem);
	p->batch = NULL;
	p->n = 0;
	p->bytes = 0;
}

static bool
pile_is_full(const struct pile *p)
{
	return p->n == BATCH_MOST || p->bytes >= BODIES_MAX;
}

/*
 * A worker that leaves takes what waits at the listener, because the kernel may
 * have woken no other worker for it, but not what comes on and on: others do.
 * If it is the last one, nobody else does, and no more can come.
 */
static bool
may_take_new(struct intake *in)
{
	if (!in->door->knock)
		return false;
	return !in->leaving || door_is_last(in->door) || in->last-- > 0;
}

/* Takes one more request.  False: none waits. */
static bool
take_one(struct intake *in)
{
	struct pile	*p = in->next;
	struct req	*r = &p->all[p->n];
	enum cal_err	 rc;

	if (!req_queue_is_ready(in->door->queue) && !may_take_new(in))
		return false;
	if ((rc = req_accept(in->door->queue, p->mem, r)) != CAL_OK) {
		if (rc != CAL_UNAVAILABLE)
			in->failed = rc;
		in->door->knock = false;
		return false;
	}
	if (p->batch == NULL)
		p->batch = route_batch_new(p->mem, BATCH_MOST);
	p->n++;
	p->bytes += r->length;
	route_batch_add(in->cal, p->batch, r);
	return true;
}

static void
take_waiting(struct intake *in)
{
	while (!pile_is_full(in->next) && take_one(in))
		;
}

static void
answer_stored(struct intake *in)
{
	struct pile	*p = in->stored;
	size_t		 i;

	if (p->n == 0)
		return;
	route_batch_answer(p->batch);
	for (i = 0; i < p->n; i++)
		req_finish(&p->all[i]);
	in->served += (long)p->n;
	p->n = 0;
}

/* Looks whether it is to leave: each kept connection then brings no more. */
static void
look_at_leash(struct intake *in)
{
	if (in->leaving)
		return;
	door_look(in->door);
	if (!door_is_let_go(in->door) &&
	    (in->most == 0 || in->served < in->most))
		return;
	in->leaving = true;
	in->last = LAST_MOST;
	req_queue_let_go(in->door->queue);
}

/* Takes what comes until the database is ready. */
static void
take_until_ready(struct intake *in, struct pollfd *database, long ms)
{
	const int64_t	 until = clock_ms() + ms;
	struct pollfd	 pfd[2] = {
		*database, { .fd = in->door->epoll, .events = POLLIN },
	};
	int64_t		 left;

	while (poll(database, 1, 0) == 0 && !pile_is_full(in->next)) {
		if (take_one(in))
			continue;
		if (in->leaving || (left = until - clock_ms()) <= 0 ||
		    poll(pfd, 2, (int)left) <= 0 || pfd[0].revents != 0)
			break;
		(void)door_wait(in->door, 0);
		look_at_leash(in);
	}
}

/* Works while the database does, see db_set_meanwhile(). */
static void
work_meanwhile(void *arg, int fd, short events, long ms)
{
	struct intake	*in = arg;
	struct pollfd	 database = { .fd = fd, .events = events };
	const char	*about = arena_dup(in->next->mem, log_request_id());

	answer_stored(in);
	take_until_ready(in, &database, ms);
	log_request(about);
}

/* What was refused is noted after the answers, because that may take long. */
static void
note_refused(struct intake *in)
{
	if (!refused_is_noted(in->cal))
		return;
	answer_stored(in);
	refused_write(in->cal, in->stored->mem);
}

/*
 * Stores what was taken.  What it has stored is answered while the next is
 * being stored, or now, if there is no next.
 */
static void
store_taken(struct intake *in)
{
	struct pile	*p = in->next;

	in->next = in->spare;
	if (!db_is_connected(in->cal->db))
		answer_stored(in);	/* connecting may take long */
	db_set_meanwhile(in->cal->db, work_meanwhile, in);
	route_batch_store(in->cal, p->batch);
	db_set_meanwhile(in->cal->db, NULL, NULL);
	answer_stored(in);
	in->spare = in->stored;
	empty(in->spare);
	in->stored = p;
	note_refused(in);
	look_at_leash(in);
	if (in->next->n != 0)
		return;
	answer_stored(in);
	(void)door_wait(in->door, 0);
	take_waiting(in);
}

/* Returns the milliseconds that it may sleep; -1: until a request comes. */
static int
idle_ms(const struct intake *in)
{
	const int	 ms = log_wait_ms();

	if (!refused_waits(in->cal))
		return ms;
	return ms == -1 || ms > RETRY_MS ? RETRY_MS : ms;
}

static void
await_webhook(struct intake *in)
{
	struct pile	*p;

	if (!req_queue_is_ready(in->door->queue) && !door_wait(in->door,
	    DOOR_IDLE_MS)) {
		refused_write(in->cal, in->next->mem);
		for (p = in->pile; p < in->pile + PILES; p++)
			empty(p);
		(void)malloc_trim(0);
		(void)door_wait(in->door, idle_ms(in));
	}
	door_look(in->door);
}

static void
serve_taken(struct intake *in)
{
	while (in->next->n > 0)
		store_taken(in);
	log_about(NULL, NULL);
	log_request(NULL);
	metric_log_dropped();
}

/*
 * Serves what has come by connections that are kept.  When they are closed,
 * nginx repeats what it may have sent meanwhile.
 */
static void
serve_kept(struct intake *in)
{
	do {
		take_waiting(in);
		serve_taken(in);
		(void)door_wait(in->door, 0);
	} while (in->failed == CAL_OK && req_queue_is_ready(in->door->queue));
}

/* The last worker goes on until nothing waits at the listener. */
static enum cal_err
serve_until_let_go(struct intake *in)
{
	do {
		await_webhook(in);
		look_at_leash(in);
		take_waiting(in);
		serve_taken(in);
		if (in->failed != CAL_OK)
			return in->failed;
	} while (!in->leaving ||
	    (door_is_last(in->door) && door_has_request(in->door)));
	if (!door_is_let_go(in->door))
		log_info("served %ld requests: making room for a fresh "
		    "process", in->served);
	return CAL_OK;
}

enum cal_err
intake_serve(struct service *cal, struct door *door, long max)
{
	struct intake	*in = calloc(1, sizeof(*in));
	enum cal_err	 rc;
	int		 i;

	if (in == NULL)
		err_nomem("webhooks");
	in->cal = cal;
	in->door = door;
	in->most = max;
	for (i = 0; i < PILES; i++)
		in->pile[i].mem = arena_new(MEMORY_MAX);
	in->next = &in->pile[0];
	in->stored = &in->pile[1];
	in->spare = &in->pile[2];
	rc = serve_until_let_go(in);
	serve_kept(in);
	for (i = 0; i < PILES; i++)
		arena_free(in->pile[i].mem);
	free(in);
	return rc;
}
