/*
 * http_loop: tests of lib/http_loop.h.  The calls of several tasks overlap, and
 * each ends as it would if it were the only one.
 */
#include <poll.h>

#include "t/unit/http_server.h"

#include "lib/clock.h"
#include "lib/http_loop.h"
#include "lib/task.h"

enum { MANY = 40, LATE_MS = 300, HANDS = 64 };

#define OK	"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

struct caller {
	struct task		*task;
	struct http		*http;
	const char		*path;
	struct http_reply	 reply;
	enum cal_err		 rc;
	bool			 over;
};

static struct http_loop	*loop;
static struct caller	 callers[MANY];

/*
 * Starts more processes than a test makes calls.  All of them accept
 * connections on the same port, so all calls can be served at the same time.
 */
static void
serve_many(void (*answer)(int fd))
{
	int	fd, i, listener = listen_anywhere();
	pid_t	parent = getpid(), hand;

	memset(seen, 0, sizeof(*seen));
	if ((server = fork()) != 0) {
		(void)close(listener);
		return;
	}
	end_with(parent);
	parent = getpid();
	for (i = 0, hand = 1; i < HANDS && hand > 0; i++)
		if ((hand = fork()) == 0)
			end_with(parent);
	while ((fd = accept(listener, NULL, NULL)) != -1) {
		answer(fd);
		(void)close(fd);
	}
	_exit(1);
}

static void
run(void *arg)
{
	struct caller		*c = arg;
	struct http_request	 rq = { .method = "GET", .fresh = true };

	rq.url = url(c->path);
	c->rc = http_call(c->http, mem, &rq, &c->reply);
	c->over = true;
}

static struct caller *
call(int i, const char *path)
{
	struct caller	*c = &callers[i];

	*c = (struct caller){ .path = path, .http = http_new(&limits) };
	http_use_loop(c->http, loop);
	c->task = task_new(run, c);
	assert_true(task_resume(c->task));
	return c;
}

/*
 * Turns the loop, and resumes the tasks whose calls are over, until the first
 * "n" calls are over, for a minute at most.
 */
static void
turn_until_over(int n)
{
	const int64_t	 until = clock_ms() + 60 * 1000;
	struct task	*t;
	int		 i, left;

	do {
		http_loop_turn(loop, 100, -1);
		while ((t = http_loop_landed(loop)) != NULL)
			(void)task_resume(t);
		for (i = left = 0; i < n; i++)
			left += !callers[i].over;
	} while (left > 0 && clock_ms() < until);
	assert_int_equal(left, 0);
	for (i = 0; i < n; i++)
		http_free(callers[i].http);
}

static int
loop_setup(void **state)
{
	const int	 rc = http_setup(state);

	limits.total_ms = 20 * 1000;
	loop = http_loop_new();
	return rc;
}

static int
loop_teardown(void **state)
{
	http_loop_free(loop);
	return http_teardown(state);
}

static void
answer_late(int fd)
{
	if (!hear(fd))
		return;
	(void)poll(NULL, 0, LATE_MS);
	say(fd, OK);
}

static void
calls_overlap(void **state)
{
	const int64_t	 begun = clock_ms();
	int		 i;

	(void)state;
	serve_many(answer_late);
	for (i = 0; i < MANY; i++)
		(void)call(i, "/");
	turn_until_over(MANY);
	for (i = 0; i < MANY; i++) {
		assert_int_equal(callers[i].rc, CAL_OK);
		assert_string_equal(callers[i].reply.body, "ok");
	}
	assert_true(clock_ms() - begun < MANY * LATE_MS);
}

static void
hang_if_asked(int fd)
{
	struct pollfd	 pfd = { .fd = fd, .events = POLLIN };
	char		 head[64] = "";

	(void)poll(&pfd, 1, -1);
	(void)recv(fd, head, sizeof(head) - 1, MSG_PEEK);
	if (strncmp(head, "GET /hang ", 10) == 0)
		(void)pause();
	(void)recv(fd, head, sizeof(head) - 1, 0);
	say(fd, OK);
}

static void
who_is_given_up_is_told_why_and_is_alone(void **state)
{
	struct caller	*bad, *good;

	(void)state;
	serve_many(hang_if_asked);
	bad = call(0, "/hang");
	good = call(1, "/");
	while (!good->over) {
		http_loop_turn(loop, 100, -1);
		if (http_loop_landed(loop) == good->task)
			assert_false(task_resume(good->task));
	}
	assert_int_equal(good->rc, CAL_OK);
	assert_int_equal(http_since(good->http), 0);
	assert_int_not_equal(http_since(bad->http), 0);
	http_give_up(bad->http, "others need the place");
	assert_int_equal(http_since(bad->http), 0);
	turn_until_over(2);
	assert_int_equal(bad->rc, CAL_UPSTREAM);
	assert_int_equal(bad->reply.fate, HTTP_AMBIGUOUS);
	assert_string_equal(bad->reply.error, "others need the place");
}

static void
a_call_has_its_time_and_no_more(void **state)
{
	(void)state;
	serve_many(hang_if_asked);
	limits.total_ms = 300;
	(void)call(0, "/hang");
	turn_until_over(1);
	assert_int_equal(callers[0].rc, CAL_UPSTREAM);
	assert_string_equal(callers[0].reply.error,
	    "no whole answer in time");
	assert_in_range(callers[0].reply.ms, 200, 10000);
}

/*
 * An answer that arrives in time counts, even if the process was busy with
 * something else and turns the loop only after the call's time is over.
 */
static void
an_answer_that_came_in_time_is_read_late(void **state)
{
	struct caller	*c;
	int		 i;

	(void)state;
	serve_many(answer_late);
	limits.total_ms = 1500;
	c = call(0, "/");
	for (i = 0; i < 20 && seen->requests == 0; i++)
		http_loop_turn(loop, 10, -1);
	(void)poll(NULL, 0, 2000);
	http_loop_turn(loop, 10, -1);
	assert_ptr_equal(http_loop_landed(loop), c->task);
	assert_false(task_resume(c->task));
	assert_int_equal(c->rc, CAL_OK);
	http_free(c->http);
}

/*
 * A call must not be sent once its time is over, because the lease under which
 * it was to be made may have run out by then.
 */
static void
what_is_late_is_not_sent_any_more(void **state)
{
	(void)state;
	serve_many(answer_late);
	limits.total_ms = 200;
	(void)call(0, "/");
	http_loop_turn(loop, 0, -1);
	assert_int_equal(seen->requests, 0);
	(void)poll(NULL, 0, 500);
	turn_until_over(1);
	assert_int_equal(callers[0].rc, CAL_UNAVAILABLE);
	assert_int_equal(callers[0].reply.fate, HTTP_NOT_SENT);
	assert_string_equal(callers[0].reply.error,
	    "its time was over before it could be sent");
	(void)poll(NULL, 0, LATE_MS);
	assert_int_equal(seen->requests, 0);
}

static void
what_is_not_looked_at_does_not_age(void **state)
{
	struct caller	*c;
	int64_t		 age;

	(void)state;
	serve_many(hang_if_asked);
	c = call(0, "/hang");
	http_loop_turn(loop, 10, -1);
	(void)poll(NULL, 0, 1000);
	http_loop_turn(loop, 10, -1);
	age = clock_ms() - http_since(c->http);
	assert_in_range(age, 0, 900);
	http_give_up(c->http, "enough");
	turn_until_over(1);
}

/* A runner may have to put off resuming a task. */
static void
a_call_is_told_of_until_its_task_has_gone_on(void **state)
{
	struct caller	*c;
	int		 i;

	(void)state;
	serve_many(answer_late);
	c = call(0, "/");
	assert_int_equal(http_loop_calls(loop), 1);
	for (i = 0; i < 600 && http_loop_landed(loop) == NULL; i++)
		http_loop_turn(loop, 100, -1);
	assert_int_equal(http_loop_calls(loop), 0);
	assert_ptr_equal(http_loop_landed(loop), c->task);
	http_loop_turn(loop, 10, -1);
	assert_ptr_equal(http_loop_landed(loop), c->task);
	assert_false(task_resume(c->task));
	assert_null(http_loop_landed(loop));
	assert_int_equal(c->rc, CAL_OK);
	http_free(c->http);
}

static void
a_refused_connection_is_not_sent(void **state)
{
	int	fd = listen_anywhere();

	(void)state;
	(void)close(fd);
	(void)call(0, "/");
	turn_until_over(1);
	assert_int_equal(callers[0].rc, CAL_UNAVAILABLE);
	assert_int_equal(callers[0].reply.fate, HTTP_NOT_SENT);
}

#define looped(f)	cmocka_unit_test_setup_teardown(f, loop_setup, \
			    loop_teardown)

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		looped(calls_overlap),
		looped(who_is_given_up_is_told_why_and_is_alone),
		looped(a_call_has_its_time_and_no_more),
		looped(an_answer_that_came_in_time_is_read_late),
		looped(what_is_late_is_not_sent_any_more),
		looped(what_is_not_looked_at_does_not_age),
		looped(a_call_is_told_of_until_its_task_has_gone_on),
		looped(a_refused_connection_is_not_sent),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, http_start, NULL);
}
