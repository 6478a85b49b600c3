/*
 * pace: tests of app/service/pace.h.
 */
#include "t/unit/helper.h"

#include "app/service/pace.h"

/* After so many calls that each took "ms". */
static int
after(int calls, long ms, long limit, int now)
{
	struct pace	 p = { .calls = 0 };

	while (calls-- > 0)
		pace_note(&p, ms, limit);
	return pace_next(&p, now);
}

static void
slow_calls_overlap_as_much_as_the_budget_allows(void **state)
{
	(void)state;
	assert_int_equal(after(16, 20, 500, 4), PACE_LEAST);
	assert_int_equal(after(16, 350, 500, 4), PACE_LEAST);
	assert_int_equal(after(16, 700, 500, 4), 8);
	assert_int_equal(after(16, 1000, 500, 4), 11);
	assert_int_equal(after(16, 9000, 500, 4), PACE_MOST);
	assert_int_equal(after(16, 1, 999999999, 4), PACE_MOST);
	assert_int_equal(after(16, 20, 500, 12), PACE_LEAST);
}

static void
a_small_budget_needs_few(void **state)
{
	(void)state;
	assert_int_equal(after(16, 1000, 50, 12), PACE_LEAST);
	assert_int_equal(after(16, 9000, 50, 12), 10);
}

static void
without_a_call_or_a_limit_nothing_is_known(void **state)
{
	(void)state;
	assert_int_equal(after(0, 0, 500, 7), 7);
	assert_int_equal(after(16, 5000, -1, 7), PACE_LEAST);
}

static void
parts_add_up(void **state)
{
	struct pace	 whole = { .calls = 0 }, part = { .calls = 0 };

	(void)state;
	pace_note(&part, 1000, 500);
	pace_add(&whole, &part);
	part = (struct pace){ .calls = 0 };
	pace_note(&part, 400, 0);
	pace_add(&whole, &part);
	assert_int_equal(whole.limit, 500);
	assert_int_equal(pace_next(&whole, 4), 8);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(slow_calls_overlap_as_much_as_the_budget_allows),
		promise(a_small_budget_needs_few),
		promise(without_a_call_or_a_limit_nothing_is_known),
		promise(parts_add_up),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
