/*
 * recent: tests of lib/recent.h, which remembers a few numbers, each for a
 * while.
 */
#include "t/unit/helper.h"

#include "lib/recent.h"

enum { HOUR_MS = 60 * 60 * 1000 };

static void
what_was_noted_is_there_until_its_time_is_over(void **state)
{
	struct recent	 r = { .of = { { 0, 0 } } };

	(void)state;
	assert_false(recent_has(&r, "7"));
	recent_note(&r, "7", HOUR_MS);
	assert_true(recent_has(&r, "7"));
	assert_false(recent_has(&r, "8"));
	recent_note(&r, "7", 0);
	assert_false(recent_has(&r, "7"));
}

static void
the_one_that_ends_first_makes_room(void **state)
{
	struct recent	 r = { .of = { { 0, 0 } } };
	int		 i;

	(void)state;
	for (i = 1; i <= RECENT_MAX + 1; i++)
		recent_note(&r, arena_printf(mem, "%d", i), i * HOUR_MS / 100);
	assert_false(recent_has(&r, "1"));
	for (i = 2; i <= RECENT_MAX + 1; i++)
		assert_true(recent_has(&r, arena_printf(mem, "%d", i)));
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(what_was_noted_is_there_until_its_time_is_over),
		promise(the_one_that_ends_first_makes_room),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
