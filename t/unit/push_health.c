/*
 * push_health: tests of app/service/push/health.h.
 */
#include "t/unit/helper.h"

#include "app/repo/push.h"
#include "app/service/push/health.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };

static const int64_t	DAY = 24 * (int64_t)HOUR;
static const int64_t	NOW = 1796000000000;	/* any time */

static enum health_news
failed(struct destination_health *h, bool first, int64_t now)
{
	const struct health_failure	 f = { .why = "no", .first = first };

	return health_failure(h, &f, now);
}

static enum health_news
fail_probe(struct destination_health *h, int64_t now)
{
	const struct health_failure	 f = { .why = "no", .probe = true };

	return health_failure(h, &f, now);
}

static enum health_news
hold(struct destination_health *h, int64_t ms, int64_t now)
{
	const struct health_failure	 f = { .why = "no", .hold_ms = ms };

	return health_failure(h, &f, now);
}

static int
room(const struct destination_health *h, int in_flight, int64_t now)
{
	bool	 probe;

	return health_room(h, in_flight, now, &probe);
}

/* Makes it fail so often that the breaker opens. */
static void
fail_to_open(struct destination_health *h, int64_t now)
{
	int	 i;

	for (i = 0; i < 5; i++)
		(void)failed(h, i < 3, now);
	assert_true(h->is_open);
}

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

static void
the_clock_runs_while_it_answers(void **state)
{
	struct destination_health	 h = { 0 };

	(void)state;
	assert_int_equal(health_clock(&h, NOW), 0);
	(void)health_success(&h, false, NOW);
	assert_int_equal(health_clock(&h, NOW + 10 * MINUTE), 10 * MINUTE);
	(void)health_success(&h, false, NOW + 50 * MINUTE);
	assert_int_equal(health_clock(&h, NOW + 100 * MINUTE), 100 * MINUTE);
	assert_int_equal(health_clock(&h, NOW + 5 * DAY), 110 * MINUTE);
	(void)health_success(&h, false, NOW + 5 * DAY);
	assert_int_equal(health_clock(&h, NOW + 5 * DAY + MINUTE),
	    111 * MINUTE);
	/* A clock that was set back does not run backwards. */
	assert_int_equal(health_clock(&h, NOW), 110 * MINUTE);
}

static void
a_push_is_given_up_by_that_clock(void **state)
{
	struct destination_health	 h = { 0 };
	int64_t				 now = NOW;

	(void)state;
	(void)health_success(&h, false, now);
	assert_false(health_gives_up(&h, HEALTH_NEVER_FAILED, now + 30 * DAY));
	for (now = NOW; now < NOW + 72 * (int64_t)HOUR; now += 30 * MINUTE) {
		assert_false(health_gives_up(&h, 0, now));
		(void)health_success(&h, false, now);
	}
	assert_true(health_gives_up(&h, 0, now));
	assert_false(health_gives_up(&h, MINUTE, now));
}

static void
an_outage_makes_no_dead_letters(void **state)
{
	struct destination_health	 h = { 0 };
	int				 i;

	(void)state;
	(void)health_success(&h, false, NOW);
	for (i = 1; i < 1000; i++) {
		(void)failed(&h, i < 4, NOW + i * (int64_t)HOUR);
		assert_false(health_gives_up(&h, 0, NOW + i *
		    (int64_t)HOUR));
	}
}

static void
who_fails_for_an_hour_is_told_once(void **state)
{
	struct destination_health	 h = { 0 };

	(void)state;
	assert_int_equal(failed(&h, true, NOW), HEALTH_SAME);
	assert_int_equal(failed(&h, true, NOW + HOUR - 1), HEALTH_SAME);
	assert_int_equal(failed(&h, true, NOW + HOUR), HEALTH_FAILING);
	/* It could not be told. */
	assert_int_equal(failed(&h, true, NOW + HOUR + 1), HEALTH_FAILING);
	h.told_failing = true;
	assert_int_equal(failed(&h, true, NOW + HOUR + 2), HEALTH_SAME);
	assert_int_equal(health_success(&h, true, NOW + 2 * HOUR),
	    HEALTH_RECOVERED);
	h.told_failing = false;
	assert_int_equal(health_success(&h, true, NOW + 2 * HOUR),
	    HEALTH_SAME);
	assert_int_equal(failed(&h, true, NOW + 3 * HOUR), HEALTH_SAME);
}

static void
who_fails_for_five_days_is_disabled(void **state)
{
	struct destination_health	 h = { .told_failing = true };
	int64_t				 now;

	(void)state;
	for (now = NOW; now < NOW + 5 * DAY; now += HOUR)
		assert_int_equal(failed(&h, false, now), HEALTH_SAME);
	assert_int_equal(failed(&h, false, now), HEALTH_DISABLE);
}

static void
time_without_a_try_does_not_count(void **state)
{
	struct destination_health	 h = { 0 };

	(void)state;
	(void)failed(&h, true, NOW);
	assert_int_equal(failed(&h, true, NOW + 30 * DAY), HEALTH_SAME);
	assert_int_equal(failed(&h, true, NOW + 30 * DAY + HOUR),
	    HEALTH_FAILING);
	/* A clock that was set back harms nobody. */
	assert_int_equal(failed(&h, true, NOW), HEALTH_SAME);
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
	assert_int_equal(health_next(&h, &held, 20, NOW), NOW + MINUTE);
	fail_to_open(&h, NOW);
	assert_int_equal(health_next(&h, &any, 20, NOW), h.not_before);
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
		cmocka_unit_test(
		    a_destination_gets_the_pause_that_it_asks_for),
		cmocka_unit_test(the_pause_has_bounds),
		cmocka_unit_test(the_clock_runs_while_it_answers),
		cmocka_unit_test(a_push_is_given_up_by_that_clock),
		cmocka_unit_test(an_outage_makes_no_dead_letters),
		cmocka_unit_test(who_fails_for_an_hour_is_told_once),
		cmocka_unit_test(who_fails_for_five_days_is_disabled),
		cmocka_unit_test(time_without_a_try_does_not_count),
		cmocka_unit_test(the_pauses_of_a_push_grow),
		cmocka_unit_test(
		    a_push_goes_with_the_next_probe_or_after_the_pause),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
