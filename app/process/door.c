/*
 * door: see door.h.
 */
#include <sys/epoll.h>

#include <errno.h>
#include <unistd.h>

#include "app/process/door.h"
#include "lib/req.h"

enum { EVENTS_MOST = 64 };	/* by one call of epoll_wait() */

bool
door_open(struct door *d, int listener, int leash)
{
	struct epoll_event	 e;

	*d = (struct door){ .epoll = epoll_create1(EPOLL_CLOEXEC) };
	d->pfd[DOOR_LISTENER] = (struct pollfd){ .fd = listener,
		.events = POLLIN };
	d->pfd[DOOR_LEASH] = (struct pollfd){ .fd = leash, .events = POLLIN };
	if (d->epoll == -1)
		return false;
	e = (struct epoll_event){ .events = EPOLLIN | EPOLLEXCLUSIVE,
		.data.u32 = DOOR_LISTENER };
	if (epoll_ctl(d->epoll, EPOLL_CTL_ADD, listener, &e) == -1)
		return false;
	e = (struct epoll_event){ .events = EPOLLIN, .data.u32 = DOOR_LEASH };
	return epoll_ctl(d->epoll, EPOLL_CTL_ADD, leash, &e) == 0;
}

void
door_close(struct door *d)
{
	if (d->epoll == -1)
		return;
	(void)close(d->epoll);
	d->epoll = -1;
	(void)close(d->pfd[DOOR_LISTENER].fd);
}

bool
door_wait(struct door *d, int ms)
{
	struct epoll_event	 e[EVENTS_MOST];
	bool			 came = false;
	int			 i, n;

	do {
		n = epoll_wait(d->epoll, e, EVENTS_MOST, ms);
	} while (n == -1 && errno == EINTR);
	for (i = 0; i < n; i++) {
		if (e[i].data.u32 >= REQ_KEPT && d->queue != NULL)
			req_queue_note(d->queue, e[i].data.u32 - REQ_KEPT);
		d->knock = d->knock || e[i].data.u32 == DOOR_LISTENER;
		came = came || e[i].data.u32 != DOOR_LEASH;
	}
	return came;
}

void
door_look(struct door *d)
{
	while (poll(d->pfd, DOOR_N, 0) == -1)
		;
	d->knock = d->knock || d->pfd[DOOR_LISTENER].revents != 0;
}

bool
door_has_request(const struct door *d)
{
	return d->pfd[DOOR_LISTENER].revents != 0 ||
	    (d->queue != NULL && req_queue_is_ready(d->queue));
}

bool
door_is_let_go(const struct door *d)
{
	return d->pfd[DOOR_LEASH].revents != 0;
}

bool
door_is_last(const struct door *d)
{
	return (d->pfd[DOOR_LEASH].revents & POLLIN) != 0;
}
