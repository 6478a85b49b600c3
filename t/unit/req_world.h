/*
 * req_world: a queue of requests, and the tiny web server that sends them.
 */
#ifndef T_UNIT_REQ_WORLD_H
#define T_UNIT_REQ_WORLD_H

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/crypto.h"
#include "lib/req.h"
#include "lib/sock.h"
#include "t/unit/fcgi.h"

static char			 dir[] = "/tmp/cal-req-XXXXXX";
static struct sock		 listener;
static struct req_queue		*queue;
static struct arena		*mem;
static struct req		 r;
static char			 answer[1 << 16];
static const char *const	 get[] = { "REQUEST_METHOD", "GET", NULL };

static inline int
open_queue_with(int epoll)
{
	char	 path[64];

	(void)signal(SIGPIPE, SIG_IGN);
	mem = arena_new(8 << 20);
	if (mkdtemp(dir) == NULL || crypto_init() != CAL_OK)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/s", dir);
	return sock_listen(path, &listener) != CAL_OK ||
	    req_queue_open(listener.fd, epoll, &queue) != CAL_OK;
}

static inline int
open_queue(void **state)
{
	(void)state;
	return open_queue_with(-1);
}

static inline int
close_queue(void **state)
{
	(void)state;
	req_queue_close(queue);
	sock_close(&listener);
	arena_free(mem);
	return rmdir(dir);
}

/* Sends a request, takes it into "r", and returns the web server's end. */
static inline int
take(const char *const *params, const char *body)
{
	int	 fd = fcgi_connect(listener.path);

	assert_true(fd != -1);
	fcgi_begin(fd, params);
	fcgi_body(fd, body, strlen(body));
	arena_reset(mem);
	assert_int_equal(req_accept(queue, mem, &r), CAL_OK);
	return fd;
}

static inline const char *
finish(int fd)
{
	req_finish(&r);
	(void)fcgi_answer(fd, answer, sizeof(answer));
	return answer;
}

#endif
