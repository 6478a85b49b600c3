/*
 * fcgi: the web server's side of FastCGI, small enough for a test: writes a
 * request into a socket, later reads the answer out of it.
 */
#ifndef T_UNIT_FCGI_H
#define T_UNIT_FCGI_H

#include <sys/socket.h>
#include <sys/un.h>

#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum {
	FCGI_BEGIN = 1,
	FCGI_END = 3,
	FCGI_PARAMS = 4,
	FCGI_STDIN = 5,
	FCGI_STDOUT = 6,
	FCGI_KEEP_CONN = 1,		/* a flag of FCGI_BEGIN */
};

static inline int
fcgi_connect(const char *path)
{
	struct sockaddr_un	 sun = { .sun_family = AF_UNIX };
	int			 fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memcpy(sun.sun_path, path, strlen(path) + 1);
	if (connect(fd, (const struct sockaddr *)&sun, sizeof(sun)) == -1) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

static inline void
fcgi_record(int fd, uint8_t type, const void *p, size_t n)
{
	const uint8_t	 head[8] = { 1, type, 0, 1, (uint8_t)(n >> 8),
		(uint8_t)n, 0, 0 };

	(void)!send(fd, head, sizeof(head), MSG_NOSIGNAL);
	(void)!send(fd, p, n, MSG_NOSIGNAL);
}

/*
 * Begins a request and sends its parameters.  "params" holds names and values
 * in turns, of up to 127 bytes each, and ends with a NULL name.
 */
static inline void
fcgi_begin_as(int fd, uint8_t flags, const char *const *params)
{
	const uint8_t		 responder[8] = { 0, 1, flags };
	uint8_t			 b[256];
	size_t			 n, v;

	fcgi_record(fd, FCGI_BEGIN, responder, sizeof(responder));
	for (; *params != NULL; params += 2) {
		n = strlen(params[0]);
		v = strlen(params[1]);
		b[0] = (uint8_t)n;
		b[1] = (uint8_t)v;
		memcpy(b + 2, params[0], n);
		memcpy(b + 2 + n, params[1], v);
		fcgi_record(fd, FCGI_PARAMS, b, 2 + n + v);
	}
	fcgi_record(fd, FCGI_PARAMS, "", 0);
}

static inline void
fcgi_begin(int fd, const char *const *params)
{
	fcgi_begin_as(fd, 0, params);
}

static inline void
fcgi_body(int fd, const char *p, size_t n)
{
	size_t	 part;

	for (; n > 0; p += part, n -= part) {
		part = n < 65535 ? n : 65535;
		fcgi_record(fd, FCGI_STDIN, p, part);
	}
	fcgi_record(fd, FCGI_STDIN, "", 0);
	(void)shutdown(fd, SHUT_WR);
}

static inline size_t
fcgi_read(int fd, void *p, size_t n)
{
	size_t	 got = 0;
	ssize_t	 one;

	while (got < n && (one = read(fd, (char *)p + got, n - got)) > 0)
		got += (size_t)one;
	return got;
}

/*
 * Reads until the answer or the connection ends, stores what came on stdout in
 * "out", NUL-terminated, and returns its length.  Records for which "room"
 * bytes are too few are left out.
 */
static inline size_t
fcgi_next_answer(int fd, char *out, size_t room)
{
	uint8_t	 head[8], body[65536 + 256];
	size_t	 n, total = 0;

	while (fcgi_read(fd, head, sizeof(head)) == sizeof(head)) {
		n = (size_t)head[4] << 8 | head[5];
		(void)fcgi_read(fd, body, n + head[6]);
		if (head[1] == FCGI_STDOUT && total + n < room) {
			memcpy(out + total, body, n);
			total += n;
		}
		if (head[1] == FCGI_END)
			break;
	}
	out[total] = '\0';
	return total;
}

/* The same; then it waits until the connection ends, and closes it. */
static inline size_t
fcgi_answer(int fd, char *out, size_t room)
{
	const size_t	 n = fcgi_next_answer(fd, out, room);
	char		 more;

	while (read(fd, &more, 1) > 0)
		;
	(void)close(fd);
	return n;
}

#endif
