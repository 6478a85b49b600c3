/*
 * http_wait: see http_wait.h.
 *
 * The sockets are looked at before the timer: an answer that has come counts,
 * even if its time is over by now.
 */
#include <sys/epoll.h>

#include <poll.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/err.h"
#include "lib/http_wait.h"

enum { EVENTS = 256 };

static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
	struct http_wait	*w = arg;
	struct epoll_event	 ev = { .data.fd = fd };

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		(void)epoll_ctl(w->epoll, EPOLL_CTL_DEL, fd, NULL);
		return 0;
	}
	if (what & CURL_POLL_IN)
		ev.events |= EPOLLIN;
	if (what & CURL_POLL_OUT)
		ev.events |= EPOLLOUT;
	(void)epoll_ctl(w->epoll, known == NULL ? EPOLL_CTL_ADD :
	    EPOLL_CTL_MOD, fd, &ev);
	(void)curl_multi_assign(w->multi, fd, w);
	return 0;
}

static int
on_timer(CURLM *multi, long ms, void *arg)
{
	struct http_wait	*w = arg;

	(void)multi;
	w->timer = ms < 0 ? -1 : clock_ms() + ms;
	return 0;
}

void
http_wait_open(struct http_wait *w, CURLM *multi)
{
	*w = (struct http_wait){ .multi = multi, .timer = -1 };
	if ((w->epoll = epoll_create1(EPOLL_CLOEXEC)) == -1)
		err_nomem("waiting for HTTP calls");
	(void)curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	(void)curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, w);
	(void)curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
	(void)curl_multi_setopt(multi, CURLMOPT_TIMERDATA, w);
}

void
http_wait_close(struct http_wait *w)
{
	(void)close(w->epoll);
	w->epoll = -1;
}

static int
until_timer(const struct http_wait *w, int ms)
{
	int64_t	 left;

	if (w->timer == -1)
		return ms;
	left = w->timer - clock_ms();
	return left < 0 ? 0 : left < ms ? (int)left : ms;
}

static void
tell_of_socket(const struct http_wait *w, const struct epoll_event *ev)
{
	int	 what = 0, running;

	/* libcurl reads an error from the socket itself, and its cause. */
	if (ev->events & (EPOLLIN | EPOLLERR | EPOLLHUP))
		what |= CURL_CSELECT_IN;
	if (ev->events & EPOLLOUT)
		what |= CURL_CSELECT_OUT;
	(void)curl_multi_socket_action(w->multi, ev->data.fd, what, &running);
}

/*
 * A peer that sends without a pause is ready always, so the number of sockets
 * is bounded.
 */
static void
tell_of_sockets(const struct http_wait *w, size_t most)
{
	struct epoll_event	 ev[EVENTS];
	size_t			 done = 0;
	int			 i, n;

	do {
		n = epoll_wait(w->epoll, ev, EVENTS, 0);
		for (i = 0; i < n; i++)
			tell_of_socket(w, &ev[i]);
		done += EVENTS;
	} while (n == EVENTS && done < most);
}

void
http_wait_turn(struct http_wait *w, int ms, int fd, size_t most)
{
	struct pollfd	 pfd[] = {
		{ .fd = w->epoll, .events = POLLIN },
		{ .fd = fd, .events = POLLIN },
	};
	int		 running;

	if (poll(pfd, 2, until_timer(w, ms)) > 0 && pfd[0].revents != 0)
		tell_of_sockets(w, most);
	if (w->timer == -1 || w->timer > clock_ms())
		return;
	w->timer = -1;
	(void)curl_multi_socket_action(w->multi, CURL_SOCKET_TIMEOUT, 0,
	    &running);
}
