/*
 * budget: calls for one Calendly account are counted over all its connections
 * and processes, and never more are let through in a minute than its limit.
 */
#include "t/repo/budget.h"

enum { HOSTS = 5, MINUTE_MS = 60 * 1000, WINDOW_MS = 70 * 1000 };

static void
never_more_than_the_limit(void **state)
{
	(void)state;
	begin(50);
	assert_int_equal(until_held(people), 49);
	assert_in_range(take_for(&mine, false).wait_ms, 55 * 1000, MINUTE_MS);
	pass("61");
	assert_int_equal(until_held(people), 50);
	assert_in_range(take_for(&mine, false).wait_ms, 65 * 1000, WINDOW_MS);
}

static void
all_connections_of_the_account_share_it(void **state)
{
	(void)state;
	begin(50);
	assert_int_equal(take_for(&theirs, false).wait_ms, 0);
	assert_int_equal(until_held(people), 48);
	assert_true(take_for(&theirs, false).wait_ms > 0);
}

static int
call_much(int number)
{
	const struct grant	*g = number % 2 == 0 ? &mine : &theirs;
	int			 n = 0;

	a = open_runtime();
	while (n < 60 && take_for(g, number % 3 == 0).wait_ms == 0)
		n++;
	return n;
}

static void
of_many_processes_too(void **state)
{
	(void)state;
	begin(90);
	assert_int_equal(at_once(HOSTS, call_much), 89);
}

static void
many_that_begin_a_window_begin_one(void **state)
{
	(void)state;
	begin(80);
	pass("61");
	assert_int_equal(at_once(HOSTS, call_much), 80);
}

static void
background_leaves_a_tenth_to_people(void **state)
{
	(void)state;
	begin(50);
	assert_int_equal(until_held(background), 44);
	assert_true(look(true) > 0);
	assert_int_equal(look(false), 0);
	assert_int_equal(until_held(people), 5);
	pass("61");
	assert_int_equal(until_held(people), 50);
	assert_false(background());
}

static void
the_tenth_is_rounded_up(void **state)
{
	(void)state;
	begin(51);
	assert_int_equal(until_held(background), 44);
	assert_int_equal(until_held(people), 6);
}

static void
the_smallest_limit_stops_no_work_for_ever(void **state)
{
	(void)state;
	begin(1);
	pass("61");
	assert_int_equal(until_held(background), 1);
}

static void
an_unknown_limit_is_taken_to_be_small_for_background_work(void **state)
{
	(void)state;
	assert_int_equal(until_held(background), 45);
	assert_int_equal(until_held(people), 1000);
}

static void
a_limit_that_becomes_known_holds_at_once(void **state)
{
	struct budget_call	 call;

	(void)state;
	call = take_for(&mine, true);
	assert_int_equal(until_held(background), 44);
	answered(call, 500, 499, 60, 0);
	assert_int_equal(until_held(background), 405);
	answered(call, 50, -1, -1, 0);
	assert_false(people());
}

static void
what_others_use_is_believed(void **state)
{
	(void)state;
	begin(50);
	answered(take_for(&mine, false), 50, 10, 59, 0);
	assert_int_equal(until_held(people), 10);
}

static void
calls_in_flight_are_not_given_back(void **state)
{
	struct budget_call	 first;

	(void)state;
	begin(50);
	first = take_for(&mine, false);
	assert_int_equal(until_held(people), 48);
	answered(first, 50, 48, 59, 0);
	assert_false(people());
}

static void
a_late_answer_says_nothing_of_the_next_window(void **state)
{
	struct budget_call	 late;

	(void)state;
	begin(50);
	late = take_for(&mine, false);
	pass("61");
	assert_true(people());
	answered(late, 50, 3, 1, 0);
	assert_int_equal(until_held(people), 49);
}

static void
a_call_that_dies_costs_that_call_alone(void **state)
{
	(void)state;
	begin(50);
	(void)take_for(&mine, false);		/* and is never made */
	assert_int_equal(until_held(people), 48);
	pass("61");
	assert_int_equal(until_held(people), 50);
}

static void
a_window_ends_when_calendly_says(void **state)
{
	(void)state;
	answered(take_for(&mine, false), 50, 49, 3, 0);
	assert_int_equal(until_held(people), 49);
	assert_in_range(look(false), 1, 3000);
	pass("3");
	assert_int_equal(until_held(people), 50);
}

static void
a_constant_reset_makes_no_window_endless(void **state)
{
	struct budget_call	 call;

	(void)state;
	begin(50);
	call = take_for(&mine, false);
	pass("50");
	answered(call, 50, 48, 60, 0);
	assert_int_equal(until_held(people), 48);
	assert_in_range(look(false), 1, 10 * 1000);
}

static void
a_429_stops_everybody(void **state)
{
	(void)state;
	begin(50);
	answered(take_for(&mine, false), 50, 0, 60, 30);
	assert_false(people());
	assert_false(background());
	assert_in_range(take_for(&theirs, false).wait_ms, 29 * 1000, 30 * 1000);
	pass("31");
	assert_int_equal(until_held(people), 50);
}

static void
silence_changes_nothing(void **state)
{
	struct budget_call	 call;

	(void)state;
	begin(50);
	call = take_for(&mine, false);
	answered(call, -1, -1, -1, 0);
	assert_int_equal(until_held(people), 48);
}

static void
an_answer_without_news_is_not_written(void **state)
{
	struct budget_call	 call;
	const char		*before;

	(void)state;
	begin(50);
	call = take_for(&mine, false);
	before = version_of_row();
	answered(call, 50, 48, 60, 0);
	assert_string_equal(version_of_row(), before);
}

static void
a_grant_has_its_own_account(void **state)
{
	struct grant			 old = new_grant(a);
	const struct budget_user	 u = { mine.connection_id, old.id,
					    false };
	struct budget_call		 call;

	(void)state;
	begin(50);
	assert_int_equal(until_held(people), 49);
	ok(budget_take(a, mem, &u, &call));
	assert_int_equal(call.wait_ms, 0);
	assert_string_equal(call.account_id, old.account_id);
}

static void
without_an_account_nothing_is_counted(void **state)
{
	const struct budget_user	 u = { new_connection(a, NULL), NULL,
					    true };
	struct budget_call		 call;
	int64_t				 ms;

	(void)state;
	ok(budget_take(a, mem, &u, &call));
	assert_null(call.account_id);
	assert_int_equal(call.wait_ms, 0);
	ok(budget_look(a, mem, &u, &ms));
	assert_int_equal(ms, 0);
	answered(call, 50, 0, 60, 60);
}

#define promise_of_one(f)	cmocka_unit_test_setup(f, one_account)

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise_of_one(never_more_than_the_limit),
		promise_of_one(all_connections_of_the_account_share_it),
		promise_of_one(of_many_processes_too),
		promise_of_one(many_that_begin_a_window_begin_one),
		promise_of_one(background_leaves_a_tenth_to_people),
		promise_of_one(the_tenth_is_rounded_up),
		promise_of_one(the_smallest_limit_stops_no_work_for_ever),
		promise_of_one(
		    an_unknown_limit_is_taken_to_be_small_for_background_work),
		promise_of_one(a_limit_that_becomes_known_holds_at_once),
		promise_of_one(what_others_use_is_believed),
		promise_of_one(calls_in_flight_are_not_given_back),
		promise_of_one(a_late_answer_says_nothing_of_the_next_window),
		promise_of_one(a_call_that_dies_costs_that_call_alone),
		promise_of_one(a_window_ends_when_calendly_says),
		promise_of_one(a_constant_reset_makes_no_window_endless),
		promise_of_one(a_429_stops_everybody),
		promise_of_one(silence_changes_nothing),
		promise_of_one(an_answer_without_news_is_not_written),
		promise_of_one(a_grant_has_its_own_account),
		promise_of_one(without_an_account_nothing_is_counted),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, grants_setup, grants_teardown);
}
