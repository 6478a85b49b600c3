/*
 * req_kept: tests of lib/req.h: connections that the web server keeps for its
 * next request.
 */
#include <sys/epoll.h>

#include "t/unit/req_world.h"

static int	 epoll;

static int
open_keeping_queue(void **state)
{
	(void)state;
	return (epoll = epoll_create1(EPOLL_CLOEXEC)) == -1 ||
	    open_queue_with(epoll) != 0;
}

/* Tells the queue of all events; returns how many there were. */
static int
note_events(int ms)
{
	struct epoll_event	 e[REQ_HELD];
	const int		 n = epoll_wait(epoll, e, REQ_HELD, ms);
	int			 i;

	for (i = 0; i < n; i++)
		req_queue_note(queue, e[i].data.u32 - REQ_KEPT);
	return n;
}

static void
send_to(int fd, const char *path)
{
	const char	*params[] = { "PATH_INFO", path, NULL };

	fcgi_begin_as(fd, FCGI_KEEP_CONN, params);
	fcgi_record(fd, FCGI_STDIN, "", 0);
}

static void
accept_path(const char *path)
{
	arena_reset(mem);
	assert_int_equal(req_accept(queue, mem, &r), CAL_OK);
	assert_string_equal(r.path, path);
}

static void
answer_with(int fd, int status)
{
	req_answer(&r, status, NULL, NULL, 0);
	req_finish(&r);
	(void)fcgi_next_answer(fd, answer, sizeof(answer));
	assert_int_equal(strtol(answer + strlen("Status: "), NULL, 10),
	    status);
}

/* A connection on which one request was answered. */
static int
kept(void)
{
	const int	 fd = fcgi_connect(listener.path);

	send_to(fd, "/first");
	accept_path("/first");
	answer_with(fd, 200);
	assert_false(req_queue_is_ready(queue));
	return fd;
}

/* The web server closes it. */
static void
leave(int fd)
{
	(void)close(fd);
	assert_int_equal(note_events(1000), 1);
	assert_int_equal(req_accept(queue, mem, &r), CAL_UNAVAILABLE);
	assert_false(req_queue_is_ready(queue));
}

static void
one_connection_brings_many_requests(void **state)
{
	const int	 fd = kept();
	int		 i;

	(void)state;
	assert_int_equal(note_events(0), 0);
	for (i = 0; i < 5; i++) {
		send_to(fd, "/more");
		assert_int_equal(note_events(1000), 1);
		assert_true(req_queue_is_ready(queue));
		accept_path("/more");
		assert_false(req_queue_is_ready(queue));
		answer_with(fd, 200 + i);
	}
	assert_int_equal(req_accept(queue, mem, &r), CAL_UNAVAILABLE);
	leave(fd);
}

static void
what_the_web_server_closes_is_let_go_of(void **state)
{
	const int	 fd = kept(), other = kept();

	(void)state;
	(void)close(fd);
	assert_int_equal(note_events(1000), 1);
	send_to(other, "/still");
	assert_int_equal(note_events(1000), 1);
	accept_path("/still");
	answer_with(other, 200);
	leave(other);
}

/* What is closed while its request is in hand is known once it is answered. */
static void
it_may_be_closed_before_the_answer(void **state)
{
	const int	 fd = kept();

	(void)state;
	send_to(fd, "/going");
	assert_int_equal(note_events(1000), 1);
	accept_path("/going");
	(void)close(fd);
	assert_int_equal(note_events(1000), 1);
	assert_false(req_queue_is_ready(queue));
	req_answer(&r, 200, NULL, NULL, 0);
	req_finish(&r);
	assert_int_equal(req_accept(queue, mem, &r), CAL_UNAVAILABLE);
	assert_false(req_queue_is_ready(queue));
}

/* The rest of a request that came late is not the beginning of another. */
static void
the_rest_of_a_request_is_no_request(void **state)
{
	const char *const	 post[] = { "REQUEST_METHOD", "POST",
		"CONTENT_LENGTH", "4", NULL };
	const int		 fd = kept();
	struct bytes		 body;

	(void)state;
	fcgi_begin_as(fd, FCGI_KEEP_CONN, post);
	assert_int_equal(note_events(1000), 1);
	assert_int_equal(req_accept(queue, mem, &r), CAL_OK);
	fcgi_record(fd, FCGI_STDIN, "late", 4);
	fcgi_record(fd, FCGI_STDIN, "", 0);
	assert_int_equal(note_events(1000), 1);
	assert_int_equal(req_body(&r, 100, &body), CAL_OK);
	answer_with(fd, 200);
	assert_false(req_queue_is_ready(queue));
	leave(fd);
}

/* Otherwise the next request would begin with the rest of this one. */
static void
it_is_not_kept_if_the_body_was_not_read(void **state)
{
	static char		 body[100000];
	const char *const	 post[] = { "REQUEST_METHOD", "POST",
		"CONTENT_LENGTH", "100000", NULL };
	const int		 fd = fcgi_connect(listener.path);

	(void)state;
	fcgi_begin_as(fd, FCGI_KEEP_CONN, post);
	fcgi_body(fd, body, sizeof(body));
	assert_int_equal(req_accept(queue, mem, &r), CAL_OK);
	req_answer(&r, 413, NULL, NULL, 0);
	assert_string_equal(finish(fd), "Status: 413\r\n\r\n");
	assert_int_equal(note_events(0), 0);
}

static void
it_is_kept_only_if_the_web_server_asks_for_it(void **state)
{
	(void)state;
	(void)finish(take(get, ""));
	assert_int_equal(note_events(0), 0);
}

static void
whoever_was_idle_for_longest_makes_room(void **state)
{
	int	 fd[REQ_KEPT_MOST + 1], i;
	char	 c;

	(void)state;
	for (i = 0; i <= REQ_KEPT_MOST; i++)
		fd[i] = kept();
	assert_int_equal(read(fd[0], &c, 1), 0);
	for (i = 1; i <= REQ_KEPT_MOST; i++)
		send_to(fd[i], "/again");
	assert_int_equal(note_events(1000), REQ_KEPT_MOST);
	for (i = 1; i <= REQ_KEPT_MOST; i++) {
		accept_path("/again");
		answer_with(fd[i], 200);
	}
	for (i = 0; i <= REQ_KEPT_MOST; i++)
		(void)close(fd[i]);
	assert_int_equal(note_events(1000), REQ_KEPT_MOST);
	assert_int_equal(req_accept(queue, mem, &r), CAL_UNAVAILABLE);
}

/* One more waits until another is answered. */
static void
there_is_an_end_to_what_is_in_hand(void **state)
{
	static struct req	 many[REQ_HELD];
	int			 fd[REQ_HELD + 1], i;

	(void)state;
	fd[0] = kept();
	for (i = 1; i <= REQ_HELD; i++) {
		fd[i] = fcgi_connect(listener.path);
		send_to(fd[i], "/one");
		assert_int_equal(req_accept(queue, mem, &many[i - 1]), CAL_OK);
	}
	(void)close(fd[0]);
	fd[0] = fcgi_connect(listener.path);
	send_to(fd[0], "/waits");
	assert_int_equal(req_accept(queue, mem, &r), CAL_UNAVAILABLE);
	for (i = 1; i <= REQ_HELD; i++) {
		r = many[i - 1];
		answer_with(fd[i], 200);
	}
	accept_path("/waits");
	answer_with(fd[0], 200);
	for (i = 0; i <= REQ_HELD; i++)
		(void)close(fd[i]);
	while (note_events(100) > 0)
		;
	assert_int_equal(req_accept(queue, mem, &r), CAL_UNAVAILABLE);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(one_connection_brings_many_requests),
		cmocka_unit_test(what_the_web_server_closes_is_let_go_of),
		cmocka_unit_test(it_may_be_closed_before_the_answer),
		cmocka_unit_test(the_rest_of_a_request_is_no_request),
		cmocka_unit_test(it_is_not_kept_if_the_body_was_not_read),
		cmocka_unit_test(it_is_kept_only_if_the_web_server_asks_for_it),
		cmocka_unit_test(whoever_was_idle_for_longest_makes_room),
		cmocka_unit_test(there_is_an_end_to_what_is_in_hand),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, open_keeping_queue, close_queue);
}
