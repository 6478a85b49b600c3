/*
 * push_health_time: tests of app/service/push/health.h: by which clock a push
 * is given up, and when it is told that a destination fails.
 */
#include "t/unit/push_health.h"

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

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(the_clock_runs_while_it_answers),
		cmocka_unit_test(a_push_is_given_up_by_that_clock),
		cmocka_unit_test(an_outage_makes_no_dead_letters),
		cmocka_unit_test(who_fails_for_an_hour_is_told_once),
		cmocka_unit_test(who_fails_for_five_days_is_disabled),
		cmocka_unit_test(time_without_a_try_does_not_count),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
