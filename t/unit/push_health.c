/*
 * push_health: tests of app/service/push/health.h: how much may be sent, and
 * when.
 */
#include "t/unit/push_health.h"

static void
ten_are_in_flight_at_most(void **state)
{
	const struct destination_health	 h = { 0 };
	bool				 probe = true;

	(void)state;
	assert_int_equal(health_room(&h, 0, NOW, &probe), 10);
	assert_false(probe);
	assert_int_equal(room(&h, 7, NOW), 3);
	assert_int_equal(room(&h, 10, NOW), 0);
	assert_int_equal(room(&h, 12, NOW), 0);
}

static void
failures_of_different_events_open_the_breaker(void **state)
{
	struct destination_health	 h = { 0 };
	int				 i;

	(void)state;
	for (i = 0; i < 4; i++)
		(void)failed(&h, true, NOW);
	assert_false(h.is_open);
	assert_int_equal(room(&h, 0, NOW), 10);
	(void)failed(&h, true, NOW);
	assert_true(h.is_open);
	assert_int_equal(room(&h, 0, NOW), 0);
}

static void
one_bad_event_opens_nothing(void **state)
{
	struct destination_health	 h = { 0 };
	int				 i;

	(void)state;
	for (i = 0; i < 100; i++)
		(void)failed(&h, i < 2, NOW + i);
	assert_false(h.is_open);
	(void)failed(&h, true, NOW);
	assert_true(h.is_open);
}

static void
a_success_makes_counting_begin_anew(void **state)
{
	struct destination_health	 h = { 0 };
	int				 i;

	(void)state;
	for (i = 0; i < 4; i++)
		(void)failed(&h, true, NOW);
	(void)health_success(&h, false, NOW);
	for (i = 0; i < 4; i++)
		(void)failed(&h, true, NOW);
	assert_false(h.is_open);
	assert_int_equal(h.failures, 4);
}

static void
an_open_breaker_lets_one_probe_through_now_and_then(void **state)
{
	struct destination_health	 h = { 0 };
	int64_t				 now = NOW, pause, last = 0;
	bool				 probe = false;
	int				 i;

	(void)state;
	fail_to_open(&h, now);
	for (i = 0; i < 12; i++) {
		pause = h.not_before - now;
		assert_in_range(pause, 4 * SECOND, 6 * MINUTE);
		if (i < 6)
			assert_true(pause > last);
		else
			assert_in_range(pause, 4 * MINUTE, 6 * MINUTE);
		last = pause;
		assert_int_equal(room(&h, 0, h.not_before - 1), 0);
		now = h.not_before;
		assert_int_equal(health_room(&h, 0, now, &probe), 1);
		assert_true(probe);
		assert_int_equal(room(&h, 1, now), 0);
		(void)fail_probe(&h, now);
	}
}

static void
what_was_in_flight_does_not_lengthen_the_pause(void **state)
{
	struct destination_health	 h = { 0 };
	int64_t				 before;

	(void)state;
	fail_to_open(&h, NOW);
	before = h.not_before;
	(void)failed(&h, true, NOW + 1);
	(void)failed(&h, true, NOW + 2);
	assert_int_equal(h.not_before, before);
	assert_int_equal(h.probes, 0);
}

static void
a_probe_that_succeeds_closes_the_breaker(void **state)
{
	struct destination_health	 h = { 0 };
	bool				 probe;

	(void)state;
	fail_to_open(&h, NOW);
	(void)fail_probe(&h, NOW + MINUTE);
	(void)health_success(&h, true, NOW + 2 * MINUTE);
	assert_false(h.is_open);
	assert_int_equal(health_room(&h, 0, NOW + 2 * MINUTE, &probe), 10);
	assert_false(probe);
	assert_int_equal(h.failing_since, 0);
	fail_to_open(&h, NOW + 3 * MINUTE);
	assert_in_range(h.not_before - NOW - 3 * MINUTE, 4 * SECOND,
	    6 * SECOND);
}

static void
a_destination_gets_the_pause_that_it_asks_for(void **state)
{
	struct destination_health	 h = { 0 };

	(void)state;
	(void)hold(&h, 30 * SECOND, NOW);
	assert_int_equal(room(&h, 0, NOW + 30 * SECOND - 1), 0);
	assert_int_equal(room(&h, 0, NOW + 30 * SECOND), 10);
	(void)hold(&h, 1, NOW);
	assert_int_equal(h.not_before, NOW + 30 * SECOND);
	/* Another one that was in flight succeeds. */
	(void)health_success(&h, false, NOW + 1);
	assert_int_equal(room(&h, 0, NOW + 2), 0);
}

static void
the_pause_has_bounds(void **state)
{
	struct destination_health	 h = { 0 };

	(void)state;
	(void)hold(&h, 1, NOW);
	assert_int_equal(h.not_before, NOW + SECOND);
	(void)hold(&h, 365 * DAY, NOW);
	assert_int_equal(h.not_before, NOW + HOUR);
}

static int64_t
next(int64_t attempts)
{
	const struct destination_health	 h = { 0 };
	const struct health_failure	 f = { .why = "no" };

	return health_next(&h, &f, attempts, NOW) - NOW;
}

static void
the_pauses_of_a_push_grow(void **state)
{
	int	 i;

	(void)state;
	assert_in_range(next(1), 4 * SECOND, 6 * SECOND);
	assert_in_range(next(2), 24 * SECOND, 36 * SECOND);
	for (i = 1; i < 8; i++)
		assert_true(next(i) < next(i + 1));
	assert_in_range(next(8), 3 * HOUR, 5 * HOUR);
	assert_in_range(next(1000000), 3 * HOUR, 5 * HOUR);
	assert_in_range(next(0), 4 * SECOND, 6 * SECOND);
}

static void
a_push_goes_with_the_next_probe_or_after_the_pause(void **state)
{
	struct destination_health	 h = { 0 };
	const struct health_failure	 held = { .hold_ms = MINUTE };
	const struct health_failure	 any = { .why = "no" };

	(void)state;
	(void)health_failure(&h, &held, NOW);
	assert_int_equal(health_next(&h, &held, 10, NOW), NOW + MINUTE);
	fail_to_open(&h, NOW);
	assert_int_equal(health_next(&h, &any, 20, NOW), h.not_before);
}

/* Else one event would be sent each second for days. */
static void
who_asks_for_a_second_again_and_again_waits_longer(void **state)
{
	struct destination_health	 h = { 0 };
	const struct health_failure	 second = { .hold_ms = 1 },
					 hour = { .hold_ms = HOUR };
	int64_t				 now = NOW;
	int				 i;

	(void)state;
	for (i = 1; now < NOW + 3 * DAY; i++) {
		(void)health_failure(&h, &second, now);
		now = health_next(&h, &second, i, now);
	}
	assert_in_range(i, 20, 60);
	(void)health_failure(&h, &hour, now);
	assert_int_equal(health_next(&h, &hour, 11, now), now + HOUR);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(ten_are_in_flight_at_most),
		cmocka_unit_test(failures_of_different_events_open_the_breaker),
		cmocka_unit_test(one_bad_event_opens_nothing),
		cmocka_unit_test(a_success_makes_counting_begin_anew),
		cmocka_unit_test(
		    an_open_breaker_lets_one_probe_through_now_and_then),
		cmocka_unit_test(
		    what_was_in_flight_does_not_lengthen_the_pause),
		cmocka_unit_test(a_probe_that_succeeds_closes_the_breaker),
		cmocka_unit_test(a_destination_gets_the_pause_that_it_asks_for),
		cmocka_unit_test(the_pause_has_bounds),
		cmocka_unit_test(the_pauses_of_a_push_grow),
		cmocka_unit_test(
		    a_push_goes_with_the_next_probe_or_after_the_pause),
		cmocka_unit_test(
		    who_asks_for_a_second_again_and_again_waits_longer),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
