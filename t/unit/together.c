/*
 * together: tests of app/service/calls/together.h, and of what
 * app/service/calls/split.h says about work that has parts.
 */
#include "t/unit/pieces.h"

static void
as_many_overlap_as_are_allowed(void **state)
{
	(void)state;
	all_are_late(LATE_MS);
	start(call_piece, MANY, 3);
	assert_int_equal(begun, 3);
	finish();
	assert_int_equal(result, CAL_OK);
	assert_int_equal(ended, MANY);
	assert_int_equal(atomic_load(&crowd->most), 3);
}

static void
nothing_is_done_of_nothing(void **state)
{
	struct errand	 e;

	(void)state;
	begin_serving();
	job = split_new(&process, mem, loop);
	e = errand_for(job, mem, "7");
	assert_int_equal(together(&e, 0, 4, call_piece, NULL), CAL_OK);
	assert_int_equal(begun, 0);
	split_free(job);
}

static void
after_an_error_those_under_way_end_and_no_more_begin(void **state)
{
	(void)state;
	all_are_late(LATE_MS * 5);
	manner[1] = (struct manner){ "404 Not Found", 0 };
	start(call_piece, MANY, 3);
	finish();
	assert_int_equal(result, CAL_NOTFOUND);
	assert_int_equal(begun, 3);
	assert_int_equal(ended, 3);
}

static void
of_several_errors_the_first_by_number_counts(void **state)
{
	(void)state;
	manner[0] = (struct manner){ "403 Forbidden", LATE_MS * 3 };
	manner[1] = (struct manner){ "404 Not Found", 0 };
	start(call_piece, MANY, 2);
	finish();
	assert_int_equal(result, CAL_DENIED);
	assert_int_equal(ended, 2);
}

static void
pieces_sleep_at_the_same_time_and_are_woken(void **state)
{
	const int64_t	 from = clock_ms();

	(void)state;
	start(sleep_piece, 4, 4);
	assert_in_range(task_due(root), from + LATE_MS,
	    clock_ms() + LATE_MS);
	finish();
	assert_int_equal(result, CAL_OK);
	assert_int_equal(ended, 4);
}

static void
what_the_pieces_met_is_known_of_the_whole(void **state)
{
	(void)state;
	start(sleep_piece, 1, 1);
	assert_false(split_was_answered(job));
	finish();
	assert_false(split_was_answered(job));
	assert_false(split_had_to_wait(job));
	start(sleep_piece, 4, 4);
	finish();
	assert_true(split_was_answered(job));
	assert_true(split_had_to_wait(job));
}

/* Turns until the server has so many requests in hand. */
static void
turn_until_asked(int n)
{
	const int64_t	 until = clock_ms() + MINUTE_MS;

	while (atomic_load(&crowd->now) < n && clock_ms() < until)
		turn();
	assert_int_equal(atomic_load(&crowd->now), n);
}

static void
calls_of_pieces_have_an_age_and_can_be_given_up(void **state)
{
	const int64_t	 from = clock_ms();
	bool		 reads = false;

	(void)state;
	all_are_late(HANG_MS);
	start(call_piece, MANY, 4);
	turn_until_asked(4);
	assert_in_range(split_since(job, &reads), from, clock_ms());
	assert_true(reads);
	assert_int_equal(split_calls_since(job, from), 4);
	assert_int_equal(split_calls_since(job, clock_ms() + 1), 0);
	assert_int_equal(http_loop_calls(loop), 4);
	split_give_up(job, "others need the place");
	assert_int_equal(split_since(job, &reads), 0);
	finish();
	assert_int_equal(result, CAL_UPSTREAM);
	assert_int_equal(begun, 4);
	assert_int_equal(ended, 4);
}

static void
hurry_reaches_the_pieces_that_are_begun_later(void **state)
{
	const int64_t	 from = clock_ms();

	(void)state;
	manner[1].ms = manner[2].ms = HANG_MS;
	start(call_piece, MANY, 1);
	split_hurry(job, LATE_MS * 5);
	finish();
	assert_int_equal(result, CAL_UPSTREAM);
	assert_int_equal(ended, 2);
	assert_true(clock_ms() - from < HANG_MS / 2);
}

static void
outside_of_a_loop_one_follows_the_other(void **state)
{
	struct errand	 e;

	(void)state;
	manner[2] = (struct manner){ "404 Not Found", 0 };
	begin_serving();
	process.api = client_new(mem, &settings);
	e = errand_for(&process, mem, "7");
	assert_int_equal(together(&e, MANY, 4, call_piece, NULL),
	    CAL_NOTFOUND);
	assert_int_equal(begun, 3);
	assert_int_equal(ended, 3);
	assert_int_equal(atomic_load(&crowd->most), 1);
	client_free(process.api);
}

/* Pieces may be split again. */
static enum cal_err
nested_piece(const struct errand *e, size_t i, void *arg)
{
	begun = 0;
	return i == 0 ? together(e, 4, 2, call_piece, arg) : CAL_OK;
}

static void
a_piece_may_have_pieces(void **state)
{
	(void)state;
	all_are_late(LATE_MS);
	start(nested_piece, 1, 2);
	finish();
	assert_int_equal(result, CAL_OK);
	assert_int_equal(ended, 4);
	assert_int_equal(atomic_load(&crowd->most), 2);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		crew(as_many_overlap_as_are_allowed),
		crew(nothing_is_done_of_nothing),
		crew(after_an_error_those_under_way_end_and_no_more_begin),
		crew(of_several_errors_the_first_by_number_counts),
		crew(pieces_sleep_at_the_same_time_and_are_woken),
		crew(what_the_pieces_met_is_known_of_the_whole),
		crew(calls_of_pieces_have_an_age_and_can_be_given_up),
		crew(hurry_reaches_the_pieces_that_are_begun_later),
		crew(outside_of_a_loop_one_follows_the_other),
		crew(a_piece_may_have_pieces),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, http_start, NULL);
}
