/*
 * many_server: the peer that tests of lib/http_many.h talk to: a process that
 * serves any number of connections at the same time, each in a thread, and
 * behaves as the path of a request says.
 */
#ifndef T_UNIT_MANY_SERVER_H
#define T_UNIT_MANY_SERVER_H

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

#include "t/unit/http_server.h"

#include "lib/clock.h"
#include "lib/http_many.h"

enum { SLOW_MS = 300, FILES = 8192, STACK = 64 * 1024 };

#define FINE	"HTTP/1.1 200 OK\r\n"
#define WHOLE	FINE "Content-Length: 2\r\n\r\nok"

/* What the peer has seen; in memory that it shares with the test. */
static struct peer {
	atomic_int	 connections;
	atomic_int	 open;
	atomic_int	 requests;
} *peer;

static struct http_many		*many;
static struct http_many_rules	 rules;

/* Reads one request and returns its path; NULL if no whole one comes. */
static inline const char *
hear_path(int fd, char head[4096])
{
	size_t	 have = 0, want = 0;
	ssize_t	 n;
	char	*end;

	do {
		n = recv(fd, head + have, 4095 - have, 0);
		if (n <= 0)
			return NULL;
		have += (size_t)n;
		head[have] = '\0';
		if ((end = strstr(head, "\r\n\r\n")) != NULL && want == 0)
			want = (size_t)(end - head) + 4 + announced(head);
	} while (want == 0 || have < want);
	peer->requests++;
	(void)strtok_r(head, " ", &end);
	return strtok_r(NULL, " ", &end);
}

static inline void
peer_resets(int fd)
{
	const struct linger	now = { .l_onoff = 1 };

	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

static inline void
say_without_end(int fd)
{
	static const char	block[1024] = { 'x' };

	say(fd, FINE "X: y\r\n\r\nabc");
	while (send(fd, block, sizeof(block), MSG_NOSIGNAL) > 0)
		;
}

/* A path, and what is said to it; then the connection is closed. */
static const struct {
	const char	*path, *says;
} ends[] = {
	{ "/mute", "" },
	{ "/head", "HTTP/1.1 200 OK\r\nContent-Le" },
	{ "/interim", "HTTP/1.1 100 Continue\r\n\r\n" },
	{ "/cut", FINE "Content-Length: 10\r\n\r\nabc" },
	{ "/chunk", FINE "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n" },
	{ "/noise", "220 mail.example ESMTP\r\n" },
	{ "/once", WHOLE },
};

/* The same, but the connection stays. */
static const struct {
	const char	*path, *says;
} stays[] = {
	{ "/none", "HTTP/1.1 204 No Content\r\n\r\n" },
	{ "/early", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
	    "HTTP/1.1 100 Continue\r\n\r\n" WHOLE },
	{ "/elsewhere", "HTTP/1.1 302 Found\r\nLocation: /\r\n"
	    "Content-Length: 0\r\n\r\n" },
	{ "/busy", "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\n"
	    "Content-Length: 4\r\n\r\nbusy" },
};

/* Returns whether the connection stays open. */
static inline bool
behave(int fd, const char *path)
{
	size_t	 i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (strcmp(path, ends[i].path) == 0) {
			say(fd, ends[i].says);
			return false;
		}
	for (i = 0; i < sizeof(stays) / sizeof(stays[0]); i++)
		if (strcmp(path, stays[i].path) == 0) {
			say(fd, stays[i].says);
			return true;
		}
	if (strcmp(path, "/huge") == 0)
		say_without_end(fd);
	if (strcmp(path, "/reset") == 0)
		peer_resets(fd);
	if (strcmp(path, "/huge") == 0 || strcmp(path, "/reset") == 0)
		return false;
	if (strcmp(path, "/hang") == 0)
		(void)poll(NULL, 0, -1);
	if (strcmp(path, "/slow") == 0)
		(void)poll(NULL, 0, SLOW_MS);
	say(fd, WHOLE);
	return true;
}

static inline void *
serve_connection(void *arg)
{
	const int	 fd = (int)(intptr_t)arg;
	char		 head[4096];
	const char	*path;

	do
		path = hear_path(fd, head);
	while (path != NULL && behave(fd, path));
	peer->open--;
	(void)close(fd);
	return NULL;
}

static inline void
serve_each(int listener)
{
	pthread_attr_t	 attr;
	pthread_t	 t;
	int		 fd;

	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	(void)pthread_attr_setstacksize(&attr, STACK);
	while ((fd = accept(listener, NULL, NULL)) != -1) {
		peer->connections++;
		peer->open++;
		if (pthread_create(&t, &attr, serve_connection,
		    (void *)(intptr_t)fd) != 0)
			_exit(2);
	}
	_exit(1);
}

static inline void
serve_crowd(int listener)
{
	const pid_t	test = getpid();

	assert_int_equal(listen(listener, SOMAXCONN), 0);
	if ((server = fork()) == 0) {
		end_with(test);
		serve_each(listener);
	}
	assert_int_not_equal(server, -1);
	(void)close(listener);
}

/* One call of a test; in the test's arena. */
struct one {
	struct http_reply	 reply;
	enum cal_err		 rc;
	bool			 over;
};

static inline struct one *
begin_in(struct arena *a, const char *where)
{
	struct http_request	 rq = { .method = "POST", .url = where,
				    .content_type = "application/json",
				    .body = "{}", .bodysz = 2 };
	struct one		*o = arena_alloc(a, sizeof(*o));
	const char		*why = NULL;

	assert_int_equal(http_many_begin(many, a, &rq, o, &why), CAL_OK);
	assert_null(why);
	return o;
}

static inline struct one *
begin(const char *path)
{
	return begin_in(mem, url(path));
}

static inline void
take_landed(void)
{
	struct http_reply	 reply;
	enum cal_err		 rc;
	struct one		*o;

	while ((o = http_many_landed(many, &reply, &rc)) != NULL) {
		assert_false(o->over);
		*o = (struct one){ .reply = reply, .rc = rc, .over = true };
		assert_int_equal(rc == CAL_OK, reply.fate == HTTP_ANSWERED);
		assert_int_equal(rc == CAL_OK, reply.error == NULL);
		assert_int_equal(rc == CAL_OK, reply.status != 0);
		assert_non_null(reply.body);
	}
}

/* Turns until all calls have landed, for a minute at most. */
static inline void
turn_until_landed(void)
{
	const int64_t	 until = clock_ms() + 60 * 1000;

	while (http_many_calls(many) > 0 && clock_ms() < until) {
		http_many_turn(many, 1000, -1);
		take_landed();
	}
	take_landed();
	assert_int_equal(http_many_calls(many), 0);
}

static inline void
many_renew(void)
{
	http_many_free(many);
	many = http_many_new(&limits, &rules);
}

static inline int
many_setup(void **state)
{
	const int	 rc = http_setup(state);

	peer = mmap(NULL, sizeof(*peer), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	limits.total_ms = limits.connect_ms = 30 * 1000;
	rules = (struct http_many_rules){ .keep = 1024 };
	many = http_many_new(&limits, &rules);
	return peer == MAP_FAILED ? -1 : rc;
}

static inline int
many_teardown(void **state)
{
	http_many_free(many);
	(void)munmap(peer, sizeof(*peer));
	return http_teardown(state);
}

static inline int
many_start(void **state)
{
	struct rlimit	 files;

	(void)getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max < FILES ? files.rlim_max : FILES;
	(void)setrlimit(RLIMIT_NOFILE, &files);
	return http_start(state);
}

#define crowd(f)	cmocka_unit_test_setup_teardown(f, many_setup, \
			    many_teardown)

#endif
