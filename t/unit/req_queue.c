/*
 * req_queue: tests of lib/req.h: taking requests, putting them off, and closing
 * their connections, with a tiny web server at the other end.
 */
#include "t/unit/req_world.h"

static void
takes_many_before_it_answers_the_first(void **state)
{
	const char	*params[] = { "PATH_INFO", NULL, NULL };
	struct req	 many[REQ_HELD];
	int		 fd[REQ_HELD], i;

	(void)state;
	for (i = 0; i < REQ_HELD; i++) {
		params[1] = arena_printf(mem, "/%d", i);
		fd[i] = take(params, "");
		many[i] = r;
		many[i].mem = arena_new(1 << 16);
	}
	for (i = REQ_HELD - 1; i >= 0; i--) {
		req_answer(&many[i], 200 + i, NULL, NULL, 0);
		req_finish(&many[i]);
		arena_free(many[i].mem);
	}
	for (i = 0; i < REQ_HELD; i++) {
		(void)fcgi_answer(fd[i], answer, sizeof(answer));
		assert_string_equal(answer, arena_printf(mem,
		    "Status: %d\r\n\r\n", 200 + i));
	}
	(void)finish(take(get, ""));
}

/*
 * When the request is finished, the web server has read nothing of the answer
 * yet, nor closed its end.
 */
static void
closes_at_once_and_yet_nothing_of_the_answer_is_lost(void **state)
{
	static char	 big[100000], got[sizeof(big) + 200];
	int		 fd = fcgi_connect(listener.path);
	int64_t		 begun;
	size_t		 n;

	(void)state;
	memset(big, 'x', sizeof(big));
	fcgi_begin(fd, get);
	fcgi_record(fd, FCGI_STDIN, "", 0);
	assert_int_equal(req_accept(queue, mem, &r), CAL_OK);
	req_answer(&r, 200, "text/plain", big, sizeof(big));
	begun = clock_ms();
	req_finish(&r);
	assert_true(clock_ms() - begun < 2000);	/* libfcgi would wait 2 s */
	n = fcgi_answer(fd, got, sizeof(got));
	assert_true(n > sizeof(big));
	assert_memory_equal(got + n - sizeof(big), big, sizeof(big));
}

/*
 * If a connection is closed while part of the request is unread, the web server
 * gets an error that may cost it the answer; this must not happen.
 */
static void
answers_whole_although_the_body_was_not_read(void **state)
{
	static char		 body[100001];
	const char *const	 params[] = { "REQUEST_METHOD", "POST",
		"CONTENT_LENGTH", "100000", NULL };
	int			 fd;

	(void)state;
	memset(body, 'x', sizeof(body) - 1);
	fd = take(params, body);
	req_answer(&r, 413, NULL, NULL, 0);
	assert_string_equal(finish(fd), "Status: 413\r\n\r\n");
}

static void
what_is_put_off_comes_again_as_it_came(void **state)
{
	const char *const	 params[] = { "PATH_INFO", "/x", NULL };
	int			 fd = take(params, "");

	(void)state;
	assert_false(req_later(&r, 10));	/* r.may_wait is false */
	r.may_wait = true;
	req_header(&r, "X-Once", "1");
	r.caller = &r;
	r.code = "no_such_code";
	assert_true(req_later(&r, 0));
	assert_true(r.later_ms > 0);
	req_again(&r);
	assert_int_equal(r.later_ms, 0);
	assert_null(r.caller);
	assert_null(r.code);
	assert_string_equal(r.path, "/x");
	req_header(&r, "X-Once", "1");
	req_answer(&r, 200, NULL, NULL, 0);
	assert_string_equal(finish(fd), "Status: 200\r\nX-Once: 1\r\n\r\n");
}

static void
what_has_been_read_cannot_be_put_off(void **state)
{
	const char *const	 params[] = { "REQUEST_METHOD", "POST",
		"CONTENT_LENGTH", "2", NULL };
	int			 fd = take(params, "{}");
	struct bytes		 body;

	(void)state;
	r.may_wait = true;
	assert_int_equal(req_body(&r, 10, &body), CAL_OK);
	assert_false(req_later(&r, 10));
	req_answer(&r, 200, NULL, NULL, 0);
	(void)finish(fd);
}

static void
nobody_waiting_is_not_a_failure(void **state)
{
	(void)state;
	assert_int_equal(req_accept(queue, mem, &r), CAL_UNAVAILABLE);
}

static void
survives_a_client_that_went_away(void **state)
{
	static char		 big[1 << 20];
	int			 fd = take(get, "");

	(void)state;
	(void)close(fd);
	req_answer(&r, 200, "text/plain", big, sizeof(big));
	assert_true(r.client_gone);
	req_finish(&r);
	assert_string_equal(finish(take(get, "")), "Status: 500\r\n\r\n");
}

static void
survives_noise(void **state)
{
	int	 fd = fcgi_connect(listener.path);

	(void)state;
	(void)!write(fd, "GET / HTTP/1.0\r\n\r\n", 18);
	(void)shutdown(fd, SHUT_WR);
	assert_int_equal(req_accept(queue, mem, &r), CAL_UNAVAILABLE);
	(void)close(fd);
}

enum { LIMIT_MS = 5000, SLACK_MS = 4000 };

/*
 * Makes a call that waits for a web server which does not go on, and checks
 * that the call gives up after its limit.
 */
#define takes_the_limit(call) do {					\
	const int64_t	 takes_begun = clock_ms();			\
	call;								\
	assert_in_range(clock_ms() - takes_begun, LIMIT_MS - 100,	\
	    LIMIT_MS + SLACK_MS);					\
} while (0)

static void
a_connection_without_a_request_is_let_go_of(void **state)
{
	int	 silent = fcgi_connect(listener.path);
	int	 fd = fcgi_connect(listener.path);

	(void)state;
	fcgi_begin(fd, get);
	fcgi_body(fd, "", 0);
	takes_the_limit(
	    assert_int_equal(req_accept(queue, mem, &r), CAL_UNAVAILABLE));
	assert_int_equal(req_accept(queue, mem, &r), CAL_OK);
	(void)finish(fd);
	(void)close(silent);
}

static void
a_request_without_its_body_is_let_go_of(void **state)
{
	const char *const	 post[] = { "REQUEST_METHOD", "POST",
		"CONTENT_LENGTH", "10", NULL };
	struct bytes		 body;
	int			 fd = fcgi_connect(listener.path);

	(void)state;
	fcgi_begin(fd, post);
	assert_int_equal(req_accept(queue, mem, &r), CAL_OK);
	takes_the_limit(
	    assert_int_equal(req_body(&r, 100, &body), CAL_UNAVAILABLE));
	(void)finish(fd);
}

static void
an_answer_that_nobody_reads_is_let_go_of(void **state)
{
	static char	 big[4 << 20];
	int		 fd = take(get, "");

	(void)state;
	takes_the_limit(
	    req_answer(&r, 200, "text/plain", big, sizeof(big)));
	assert_true(r.client_gone);
	req_finish(&r);
	(void)close(fd);
	(void)finish(take(get, ""));
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(takes_many_before_it_answers_the_first),
		cmocka_unit_test(
		    closes_at_once_and_yet_nothing_of_the_answer_is_lost),
		cmocka_unit_test(answers_whole_although_the_body_was_not_read),
		cmocka_unit_test(what_is_put_off_comes_again_as_it_came),
		cmocka_unit_test(what_has_been_read_cannot_be_put_off),
		cmocka_unit_test(nobody_waiting_is_not_a_failure),
		cmocka_unit_test(survives_a_client_that_went_away),
		cmocka_unit_test(survives_noise),
		cmocka_unit_test(a_connection_without_a_request_is_let_go_of),
		cmocka_unit_test(a_request_without_its_body_is_let_go_of),
		cmocka_unit_test(an_answer_that_nobody_reads_is_let_go_of),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, open_queue, close_queue);
}
