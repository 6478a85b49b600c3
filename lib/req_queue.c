/*
 * req_queue: accepting and finishing requests (libfcgi).
 */
#include <sys/socket.h>
#include <sys/time.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include <fcgiapp.h>

#include "lib/clock.h"
#include "lib/crypto.h"
#include "lib/log.h"
#include "lib/req.h"
#include "lib/req_slot.h"

enum {
	ACCEPT_PAUSE_MS = 1000,
	PATIENCE_S = 5,		/* limit of each read and write */
	ID_MAX = 128,
	LENGTH_DIGITS = 18,	/* this many digits fit into a long */
	SERVED_MOST = 1000,	/* requests of one connection: the next goes to
				 * whichever worker has time for it */
};

enum cal_err
req_queue_open(int fd, int epoll, struct req_queue **out)
{
	struct req_queue	*q;

	*out = NULL;
	if ((q = calloc(1, sizeof(*q))) == NULL) {
		log_warn("request queue not opened: out of memory");
		return CAL_INTERNAL;
	}
	if (FCGX_Init() != 0) {
		log_warn("request queue not opened: libfcgi does not start");
		free(q);
		return CAL_INTERNAL;
	}
	q->fd = fd;
	q->epoll = epoll;
	q->last = &q->ready;
	*out = q;
	return CAL_OK;
}

void
req_queue_close(struct req_queue *q)
{
	size_t	 i;

	if (q == NULL)
		return;
	for (i = 0; i < q->n; i++)
		slot_close(&q->slot[i]);
	free(q);
}

void
req_queue_let_go(struct req_queue *q)
{
	q->let_go = true;
}

static const char *
param_or(const struct req *r, const char *name, const char *otherwise)
{
	const char	*value = req_param(r, name);

	return value != NULL ? value : otherwise;
}

/*
 * Returns the web server's request id, so that its log and ours use the same
 * one; if that id is not fit for logs and headers, a new one.
 */
static const char *
request_id(struct req *r)
{
	const char	*id = param_or(r, "REQUEST_ID", "");
	size_t		 n;

	n = strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789._-");
	if (n > 0 && n <= ID_MAX && id[n] == '\0')
		return id;
	return crypto_uuid(r->mem);
}

static long
content_length(const struct req *r)
{
	const char	*s = param_or(r, "CONTENT_LENGTH", "");
	size_t		 n = strlen(s);

	if (n > LENGTH_DIGITS || strspn(s, "0123456789") != n)
		return -1;
	return n == 0 ? 0 : strtol(s, NULL, 10);
}

/*
 * If descriptors or memory have run out the worker pauses, because the
 * connection would stay in the listener's queue and accept would fail again at
 * once.
 */
static enum cal_err
accept_failed(int error)
{
	switch (error) {
	case EAGAIN:
	case ECONNABORTED:
		return CAL_UNAVAILABLE;
	case EBADF:
		log_debug("a connection brought no request: let go of");
		return CAL_UNAVAILABLE;
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
		log_warn("accept failed: %s: pausing for %d ms",
		    strerror(error), ACCEPT_PAUSE_MS);
		(void)poll(NULL, 0, ACCEPT_PAUSE_MS);
		return CAL_UNAVAILABLE;
	default:
		log_warn("accept failed: %s", strerror(error));
		return CAL_INTERNAL;
	}
}

/*
 * Accepts a connection with time limits on reading and writing, because libfcgi
 * itself would wait without a limit. libfcgi is told that it already holds this
 * connection, kept from an earlier request.  If the connection brings no
 * request libfcgi would accept another one itself, which would have no limits.
 * So it was given no listening socket, and its accept fails with EBADF.
 */
static int
accept_patiently(const struct req_queue *q, FCGX_Request *fcgi)
{
	const struct timeval	 limit = { .tv_sec = PATIENCE_S };
	int			 fd;

	if ((fd = accept4(q->fd, NULL, NULL, SOCK_CLOEXEC)) == -1)
		return -errno;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	fcgi->ipcFd = fd;
	fcgi->keepConnection = 1;
	return FCGX_Accept_r(fcgi);
}

static enum cal_err
next_of_new(struct req_queue *q, struct slot **out)
{
	struct slot	*s;
	int		 rc;

	if ((s = slot_new(q)) == NULL)
		return CAL_UNAVAILABLE;
	if ((rc = accept_patiently(q, &s->fcgi)) < 0)
		return accept_failed(-rc);
	s->state = SLOT_HELD;
	*out = s;
	return CAL_OK;
}

enum cal_err
req_accept(struct req_queue *q, struct arena *mem, struct req *r)
{
	struct slot	*s = slot_next_ready(q);
	enum cal_err	 rc;

	memset(r, 0, sizeof(*r));
	if (s == NULL && (rc = next_of_new(q, &s)) != CAL_OK)
		return rc;
	r->begun = clock_us();
	r->mem = mem;
	r->fcgi = &s->fcgi;
	r->fd = s->fcgi.ipcFd;
	r->id = request_id(r);
	r->method = param_or(r, "REQUEST_METHOD", "");
	r->head = strcmp(r->method, "HEAD") == 0;
	r->path = param_or(r, "PATH_INFO", "");
	r->query = param_or(r, "QUERY_STRING", "");
	r->length = content_length(r);
	return CAL_OK;
}

bool
req_later(struct req *r, long ms)
{
	if (!r->may_wait || r->body_read)
		return false;
	r->later_ms = ms > 0 ? ms : 1;
	return true;
}

void
req_again(struct req *r)
{
	r->later_ms = 0;
	r->caller = NULL;
	r->code = r->detail = NULL;
	r->errors = NULL;
	r->nheaders = 0;
	memset(r->arg, 0, sizeof(r->arg));
}

/*
 * Returns whether everything that the web server sends was read, including the
 * record that ends it.
 */
static bool
read_to_end(const struct req *r)
{
	FCGX_Request	*fcgi = r->fcgi;
	char		 more;

	return !r->client_gone && FCGX_GetStr(&more, 1, fcgi->in) == 0 &&
	    FCGX_GetError(fcgi->in) == 0;
}

static bool
may_be_kept(const struct slot *s)
{
	return s->queue->epoll != -1 && !s->queue->let_go &&
	    s->served < SERVED_MOST;
}

/*
 * libfcgi closes a connection by waiting up to 2 s for the web server to close
 * it first, because unread bytes at close(2) would make the kernel report an
 * error to the web server.  If everything was read there are no such bytes, and
 * the wait is avoided: the connection of a "detached" request is closed at
 * once.  The answer is in the web server's buffer by then.
 */
void
req_finish(struct req *r)
{
	struct slot	*s = r->fcgi;	/* its first member */
	bool		 whole;

	if (r->status == 0)
		req_answer(r, 500, NULL, NULL, 0);
	s->served++;
	whole = read_to_end(r);
	if (!whole || !may_be_kept(s))
		s->fcgi.keepConnection = 0;
	if (whole && !s->fcgi.keepConnection)
		(void)FCGX_Detach(&s->fcgi);
	FCGX_Finish_r(&s->fcgi);
	r->fcgi = NULL;
	slot_settle(s);
}
