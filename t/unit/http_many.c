/*
 * http_many: tests of lib/http_many.h.  Each of many calls ends as it would if
 * it were the only one, whatever becomes of the others.
 */
#include <malloc.h>

#include "t/unit/many_server.h"

enum { CROWD = 1200, ROUNDS = 10000, AT_ONCE = 50 };

static void
more_than_a_thousand_calls_overlap(void **state)
{
	const int64_t	 begun = clock_ms();
	struct one	*o[CROWD];
	int		 i;

	(void)state;
	serve_crowd(listen_anywhere());
	for (i = 0; i < CROWD; i++)
		o[i] = begin("/slow");
	assert_int_equal(http_many_calls(many), CROWD);
	turn_until_landed();
	for (i = 0; i < CROWD; i++) {
		assert_int_equal(o[i]->rc, CAL_OK);
		assert_int_equal(o[i]->reply.status, 200);
		assert_string_equal(o[i]->reply.body, "ok");
		assert_in_range(o[i]->reply.ms, SLOW_MS - 50, 60000);
	}
	assert_int_equal(peer->requests, CROWD);
	assert_true(clock_ms() - begun < (int64_t)CROWD * SLOW_MS / 4);
}

static void
fails(const struct one *o, enum http_fate fate, const char *says)
{
	assert_true(o->over);
	assert_int_equal(o->reply.status, 0);
	assert_int_equal(o->reply.fate, fate);
	assert_int_equal(o->rc, fate == HTTP_NOT_SENT ? CAL_UNAVAILABLE :
	    CAL_UPSTREAM);
	if (strstr(o->reply.error, says) == NULL)
		fail_msg("not \"%s\" but \"%s\"", says, o->reply.error);
}

static void
what_fails_fails_alone(void **state)
{
	struct one	*reset, *mute, *head, *cut, *chunk, *noise, *interim,
			*good[20];
	int		 i;

	(void)state;
	serve_crowd(listen_anywhere());
	reset = begin("/reset");
	mute = begin("/mute");
	head = begin("/head");
	cut = begin("/cut");
	chunk = begin("/chunk");
	noise = begin("/noise");
	interim = begin("/interim");
	for (i = 0; i < 20; i++)
		good[i] = begin(i % 2 == 0 ? "/" : "/slow");
	turn_until_landed();
	fails(reset, HTTP_AMBIGUOUS, "reset");
	fails(mute, HTTP_AMBIGUOUS, "mpty reply");
	fails(head, HTTP_AMBIGUOUS, "ended before its body");
	fails(interim, HTTP_AMBIGUOUS, "mpty reply");
	fails(cut, HTTP_AMBIGUOUS, "closed with");
	assert_string_equal(cut->reply.body, "abc");
	fails(chunk, HTTP_AMBIGUOUS, "");
	fails(noise, HTTP_AMBIGUOUS, "");
	for (i = 0; i < 20; i++)
		assert_int_equal(good[i]->reply.status, 200);
	assert_int_equal(peer->requests, 27);
}

static void
all_that_is_an_answer_is_one(void **state)
{
	struct one	*none, *early, *elsewhere, *busy;

	(void)state;
	serve_crowd(listen_anywhere());
	none = begin("/none");
	early = begin("/early");
	elsewhere = begin("/elsewhere");
	busy = begin("/busy");
	turn_until_landed();
	assert_int_equal(none->reply.status, 204);
	assert_string_equal(none->reply.body, "");
	assert_int_equal(early->reply.status, 200);
	assert_null(http_header(&early->reply, "link"));
	assert_int_equal(elsewhere->reply.status, 302);
	assert_string_equal(http_header(&elsewhere->reply, "location"), "/");
	assert_int_equal(busy->reply.status, 503);
	assert_string_equal(http_header(&busy->reply, "retry-after"), "7");
	assert_string_equal(busy->reply.body, "busy");
	assert_int_equal(peer->requests, 4);
}

static void
a_body_without_end_is_cut_and_counts(void **state)
{
	struct one	*huge;

	(void)state;
	serve_crowd(listen_anywhere());
	rules.keep = 10;
	many_renew();
	huge = begin("/huge");
	turn_until_landed();
	assert_int_equal(huge->rc, CAL_OK);
	assert_int_equal(huge->reply.status, 200);
	assert_true(huge->reply.too_large);
	assert_int_equal(huge->reply.bodysz, 10);
	assert_memory_equal(huge->reply.body, "abcx", 4);
	assert_string_equal(http_header(&huge->reply, "x"), "y");
}

static void
a_call_has_its_time_from_its_beginning_on(void **state)
{
	struct http_request	 rq = { .method = "GET", .total_ms = 200 };
	struct one		*hang[3], *slow, *quick;
	const char		*why;
	int			 i;

	(void)state;
	serve_crowd(listen_anywhere());
	limits.total_ms = 800;
	many_renew();
	rq.url = url("/hang");
	quick = arena_alloc(mem, sizeof(*quick));
	assert_int_equal(http_many_begin(many, mem, &rq, quick, &why), CAL_OK);
	for (i = 0; i < 3; i++)
		hang[i] = begin("/hang");
	slow = begin("/slow");
	while (!quick->over) {
		http_many_turn(many, 1000, -1);
		take_landed();
	}
	fails(quick, HTTP_AMBIGUOUS, "no whole answer in time");
	assert_true(quick->reply.ms >= 200);
	assert_int_equal(http_many_calls(many), 4);
	turn_until_landed();
	for (i = 0; i < 3; i++) {
		fails(hang[i], HTTP_AMBIGUOUS, "no whole answer in time");
		assert_in_range(hang[i]->reply.ms, 800, 30000);
	}
	assert_int_equal(slow->rc, CAL_OK);
}

/* An answer that arrives while nobody turns is not too late. */
static void
an_answer_that_came_in_time_counts(void **state)
{
	struct one	*slow;

	(void)state;
	serve_crowd(listen_anywhere());
	limits.total_ms = 1500;
	many_renew();
	slow = begin("/slow");
	while (peer->requests == 0)
		http_many_turn(many, 10, -1);
	(void)poll(NULL, 0, 2000);
	turn_until_landed();
	assert_int_equal(slow->rc, CAL_OK);
}

static void
what_is_late_is_not_sent(void **state)
{
	struct one	*late[2];

	(void)state;
	serve_crowd(listen_anywhere());
	limits.total_ms = 200;
	many_renew();
	late[0] = begin("/");
	late[1] = begin("/");
	(void)poll(NULL, 0, 300);
	turn_until_landed();
	fails(late[0], HTTP_NOT_SENT, "time");
	fails(late[1], HTTP_NOT_SENT, "time");
	assert_int_equal(peer->requests, 0);
}

static void
all_are_given_up_at_once(void **state)
{
	struct one	*o[40];
	int64_t		 begun;
	int		 i;

	(void)state;
	serve_crowd(listen_anywhere());
	for (i = 0; i < 20; i++)
		o[i] = begin("/hang");
	while (peer->requests < 20)
		http_many_turn(many, 10, -1);
	for (; i < 40; i++)
		o[i] = begin("/hang");
	begun = clock_ms();
	http_many_give_up(many, "enough");
	assert_int_equal(http_many_calls(many), 0);
	take_landed();
	for (i = 0; i < 40; i++)
		fails(o[i], i < 20 ? HTTP_AMBIGUOUS : HTTP_NOT_SENT, "enough");
	assert_true(clock_ms() - begun < 5000);
	assert_int_equal(peer->requests, 20);
	o[0] = begin("/");
	turn_until_landed();
	assert_int_equal(o[0]->rc, CAL_OK);
}

static void
calls_are_dropped_with_what_carries_them(void **state)
{
	struct one	*o[10];
	int		 i;

	(void)state;
	serve_crowd(listen_anywhere());
	for (i = 0; i < 10; i++)
		o[i] = begin("/hang");
	http_many_turn(many, 10, -1);
	many_renew();
	assert_false(o[0]->over || o[9]->over);
	assert_null(http_many_landed(many, &o[0]->reply, &o[0]->rc));
}

static void
make_rounds(int n)
{
	struct arena	*a = arena_new(HELPER_CAP);
	struct one	*o[AT_ONCE];
	int		 i, k;

	for (i = 0; i < n; i += AT_ONCE) {
		for (k = 0; k < AT_ONCE; k++)
			o[k] = begin_in(a, url(k % 10 == 0 ? "/once" : "/"));
		turn_until_landed();
		for (k = 0; k < AT_ONCE; k++)
			assert_int_equal(o[k]->reply.status, 200);
		arena_reset(a);
		arena_reset(mem);
	}
	arena_free(a);
}

static void
memory_does_not_grow(void **state)
{
	size_t	 before;

	(void)state;
	serve_crowd(listen_anywhere());
	make_rounds(ROUNDS / 4);
	before = mallinfo2().uordblks;
	make_rounds(ROUNDS);
	assert_true(mallinfo2().uordblks < before + 512 * 1024);
}

static void
another_descriptor_ends_the_wait(void **state)
{
	const int64_t	 begun = clock_ms();
	int		 fd[2];

	(void)state;
	assert_int_equal(pipe2(fd, O_CLOEXEC), 0);
	assert_int_equal(write(fd[1], "x", 1), 1);
	http_many_turn(many, 60 * 1000, fd[0]);
	assert_true(clock_ms() - begun < 30 * 1000);
	(void)close(fd[0]);
	(void)close(fd[1]);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		crowd(more_than_a_thousand_calls_overlap),
		crowd(what_fails_fails_alone),
		crowd(all_that_is_an_answer_is_one),
		crowd(a_body_without_end_is_cut_and_counts),
		crowd(a_call_has_its_time_from_its_beginning_on),
		crowd(an_answer_that_came_in_time_counts),
		crowd(what_is_late_is_not_sent),
		crowd(all_are_given_up_at_once),
		crowd(calls_are_dropped_with_what_carries_them),
		crowd(memory_does_not_grow),
		crowd(another_descriptor_ends_the_wait),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, many_start, NULL);
}
