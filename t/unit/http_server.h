/*
 * http_server: the server that tests of HTTP calls talk to, a process of its
 * own on a loopback port.
 *
 * The server takes one connection after the other and hands each to a function
 * of the test.  What it is asked is kept in memory that it shares with the
 * test.
 */
#ifndef T_UNIT_HTTP_SERVER_H
#define T_UNIT_HTTP_SERVER_H

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "t/unit/helper.h"

#include "lib/http.h"

struct seen {
	int	connections;
	int	requests;
	size_t	n;
	char	request[64 * 1024];	/* the last request, head and body */
};

static struct seen	*seen;
static pid_t		 server;
static int		 server_port;

static inline void
say(int fd, const char *text)
{
	/* Errors are ignored, because some tests have the client hang up. */
	(void)send(fd, text, strlen(text), MSG_NOSIGNAL);
}

/* Returns the length of the body that a head announces, 0 if none. */
static inline size_t
announced(const char *head)
{
	const char	*p = strcasestr(head, "\ncontent-length:");

	return p == NULL ? 0 : strtoul(p + 16, NULL, 10);
}

/* Reads one request into "seen"; returns 0 if the client sends no whole one. */
static inline int
hear(int fd)
{
	size_t	 have = 0, want = 0;
	ssize_t	 n;
	char	*end;

	do {
		n = recv(fd, seen->request + have,
		    sizeof(seen->request) - 1 - have, 0);
		if (n <= 0)
			return 0;
		have += (size_t)n;
		seen->request[have] = '\0';
		end = strstr(seen->request, "\r\n\r\n");
		if (end != NULL && want == 0)
			want = (size_t)(end - seen->request) + 4 +
			    announced(seen->request);
	} while (want == 0 || have < want);
	seen->n = have;
	seen->requests++;
	return 1;
}

static inline int
listen_anywhere(void)
{
	struct sockaddr_in	sin = { .sin_family = AF_INET };
	socklen_t		len = sizeof(sin);
	int			fd = socket(AF_INET, SOCK_STREAM, 0);

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&sin, len), 0);
	assert_int_equal(listen(fd, 16), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sin, &len), 0);
	server_port = ntohs(sin.sin_port);
	return fd;
}

/* For a child; if the parent is dead already, no signal would come. */
static inline void
end_with(pid_t parent)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
}

static inline void
serve(void (*answer)(int fd))
{
	int	fd, listener = listen_anywhere();
	pid_t	test = getpid();

	memset(seen, 0, sizeof(*seen));
	if ((server = fork()) == 0) {
		end_with(test);
		for (;;) {
			if ((fd = accept(listener, NULL, NULL)) == -1)
				_exit(1);
			seen->connections++;
			answer(fd);
			(void)close(fd);
		}
	}
	assert_int_not_equal(server, -1);
	(void)close(listener);
}

static inline void
stop_server(void)
{
	if (server > 0) {
		(void)kill(server, SIGKILL);
		(void)waitpid(server, NULL, 0);
	}
	server = 0;
}

static inline const char *
url(const char *path)
{
	return arena_printf(mem, "http://127.0.0.1:%d%s", server_port, path);
}

static struct http	*client;
static struct http_limits limits;

static inline int
http_setup(void **state)
{
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	limits = (struct http_limits){ .connect_ms = 2000, .total_ms = 5000,
	    .reply_max = 4096, .user_agent = "test/1" };
	client = http_new(&limits);
	return seen == MAP_FAILED ? -1 : mem_setup(state);
}

static inline int
http_teardown(void **state)
{
	http_free(client);
	stop_server();
	(void)munmap(seen, sizeof(*seen));
	return mem_teardown(state);
}

/* Replaces the client by one with these limits, in milliseconds. */
static inline void
limit(long connect_ms, long total_ms)
{
	http_free(client);
	limits.connect_ms = connect_ms;
	limits.total_ms = total_ms;
	client = http_new(&limits);
}

static inline int
http_start(void **state)
{
	(void)state;
	return http_global_init() == CAL_OK ? 0 : -1;
}

#define called(f)	cmocka_unit_test_setup_teardown(f, http_setup, \
			    http_teardown)

#endif
