/*
 * req_slot: see req_slot.h.
 */
#include <sys/epoll.h>
#include <sys/socket.h>

#include <errno.h>

#include "lib/req_slot.h"

/* Makes the slot ready for another connection. */
static void
make_free(struct slot *s)
{
	s->state = SLOT_FREE;
	s->watched = s->readable = false;
	s->served = 0;
}

void
slot_close(struct slot *s)
{
	if (s->state == SLOT_KEPT) {
		FCGX_Detach(&s->fcgi);
		s->queue->nkept--;
	}
	FCGX_Free(&s->fcgi, 1);
	make_free(s);
}

static void
add_ready(struct slot *s)
{
	s->next = NULL;
	*s->queue->last = s;
	s->queue->last = &s->next;
}

/* Whether there is something to read, or the web server has closed it. */
static bool
has_input(const struct slot *s)
{
	char	 c;

	return recv(s->fcgi.ipcFd, &c, 1, MSG_PEEK | MSG_DONTWAIT) != -1 ||
	    errno != EAGAIN;
}

static struct slot *
idle_longest(struct req_queue *q)
{
	struct slot	*s, *oldest = NULL;

	for (s = q->slot; s < q->slot + q->n; s++)
		if (s->state == SLOT_KEPT && !s->readable &&
		    (oldest == NULL || (int32_t)(s->kept - oldest->kept) < 0))
			oldest = s;
	return oldest;
}

/*
 * Makes room by closing the connection that has been idle for longest.  One
 * that has sent something is not idle, even if its event was not read yet.
 */
static void
evict_idle(struct req_queue *q)
{
	struct slot	*s;

	while ((s = idle_longest(q)) != NULL && has_input(s)) {
		s->readable = true;
		add_ready(s);
	}
	if (s != NULL)
		slot_close(s);
}

static struct slot *
free_slot(struct req_queue *q)
{
	struct slot	*s;

	for (s = q->slot; s < q->slot + q->n && s->state != SLOT_FREE; s++)
		;
	if (s == q->slot + REQ_HELD)
		return NULL;
	if (s == q->slot + q->n) {
		s->queue = q;
		(void)FCGX_InitRequest(&s->fcgi, -1, 0);
		q->n++;
	}
	return s;
}

struct slot *
slot_new(struct req_queue *q)
{
	struct slot	*s;

	if ((s = free_slot(q)) != NULL)
		return s;
	evict_idle(q);
	return free_slot(q);
}

struct slot *
slot_next_ready(struct req_queue *q)
{
	struct slot	*s;

	while ((s = q->ready) != NULL) {
		if ((q->ready = s->next) == NULL)
			q->last = &q->ready;
		q->nkept--;
		s->state = SLOT_HELD;
		s->readable = false;
		if (FCGX_Accept_r(&s->fcgi) == 0)
			return s;
		make_free(s);
	}
	return NULL;
}

bool
req_queue_is_ready(const struct req_queue *q)
{
	return q->ready != NULL;
}

void
req_queue_note(struct req_queue *q, uint32_t which)
{
	struct slot	*s = &q->slot[which];

	if (s->state == SLOT_KEPT && !s->readable)
		add_ready(s);
	if (s->state != SLOT_FREE)
		s->readable = true;
}

/*
 * Watches a connection for its next request.  An event tells of what comes from
 * now on; and it may have come while the request was in hand, perhaps as the
 * rest of that one.
 */
static bool
watch_slot(struct slot *s)
{
	const struct req_queue	*q = s->queue;
	struct epoll_event	 e = {
		.events = EPOLLIN | EPOLLRDHUP | EPOLLET,
		.data.u32 = REQ_KEPT + (uint32_t)(s - q->slot),
	};

	if (!s->watched && epoll_ctl(q->epoll, EPOLL_CTL_ADD, s->fcgi.ipcFd,
	    &e) == -1)
		return false;
	s->watched = true;
	return true;
}

static void
keep(struct slot *s)
{
	struct req_queue	*q = s->queue;
	const bool		 came = s->readable;

	s->state = SLOT_KEPT;
	s->kept = q->nfinished++;
	s->readable = false;
	q->nkept++;
	if (!watch_slot(s)) {
		slot_close(s);
		return;
	}
	if (came && has_input(s)) {
		s->readable = true;
		add_ready(s);
	}
	if (q->nkept > REQ_KEPT_MOST)
		evict_idle(q);
}

void
slot_settle(struct slot *s)
{
	if (s->fcgi.ipcFd != -1) {
		keep(s);
		return;
	}
	make_free(s);
}
