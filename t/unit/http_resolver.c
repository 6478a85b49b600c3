/*
 * http_resolver: tests of lib/http.h.  A name server that does not answer
 * delays a call no longer than the call's own limit, although the C library
 * would wait for it much longer.
 */
#include <netdb.h>
#include <unistd.h>

#include "t/unit/http_server.h"

#include "lib/clock.h"
#include "lib/http_loop.h"
#include "lib/task.h"

enum { CONNECT_MS = 300, RESOLVER_SECONDS = 60, SOON_MS = 20 * 1000 };

/*
 * Replaces the C library's function, for libcurl too, and behaves as if the
 * name server did not answer.
 */
int
getaddrinfo(const char *name, const char *service,
    const struct addrinfo *hints, struct addrinfo **res)
{
	(void)name;
	(void)service;
	(void)hints;
	(void)res;
	(void)sleep(RESOLVER_SECONDS);
	return EAI_AGAIN;
}

static struct http_reply	reply;
static enum cal_err		rc;

static void
call(void *arg)
{
	const struct http_request	rq = {
		.method = "GET", .url = "https://hangs.example/"
	};

	(void)arg;
	rc = http_call(client, mem, &rq, &reply);
}

static void
is_over_soon(int64_t begun)
{
	assert_in_range(clock_ms() - begun, CONNECT_MS / 2, SOON_MS);
	assert_int_equal(rc, CAL_UNAVAILABLE);
	assert_int_equal(reply.fate, HTTP_NOT_SENT);
}

static void
a_call_does_not_wait_for_it(void **state)
{
	const int64_t	 begun = clock_ms();

	(void)state;
	limit(CONNECT_MS, SOON_MS);
	call(NULL);
	is_over_soon(begun);
}

/*
 * A loop, which may have the calls of other tasks to serve, does not wait for
 * the name server either when it gives a call up.
 */
static void
a_loop_does_not_wait_for_it(void **state)
{
	const int64_t	 begun = clock_ms();
	struct http_loop *loop = http_loop_new();
	struct task	*t;

	(void)state;
	limit(CONNECT_MS, SOON_MS);
	http_use_loop(client, loop);
	t = task_new(call, NULL);
	assert_true(task_resume(t));
	do
		http_loop_turn(loop, 100, -1);
	while (http_loop_landed(loop) == NULL);
	assert_false(task_resume(t));
	is_over_soon(begun);
	http_free(client);
	client = NULL;
	http_loop_free(loop);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		called(a_call_does_not_wait_for_it),
		called(a_loop_does_not_wait_for_it),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, http_start, NULL);
}
