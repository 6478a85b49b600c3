/*
 * log_repeat: tests of lib/log_repeat.h.  Of many lines from the same place in
 * the program a few are written, and the others counted.
 */
#include "t/unit/helper.h"

#include "lib/log_repeat.h"

enum { NOW = 1000 * 1000, SAID = 20, WINDOW = 10 * 1000, MANY = 1000 };

static const char	one[] = "one: %s", other[] = "other: %s";

static int
forget(void **state)
{
	log_repeat_forget();
	return mem_setup(state);
}

/*
 * Returns how many of "n" lines of one format may be written at the time "now",
 * in milliseconds.
 */
static int
said_of(const char *fmt, int n, int64_t now)
{
	int	 i, said = 0;

	for (i = 0; i < n; i++)
		said += log_repeat_say(fmt, arena_printf(mem, "line %d", i), 1,
		    now);
	return said;
}

static void
a_few_are_said_and_the_others_counted(void **state)
{
	struct log_repeat	 held;

	(void)state;
	assert_int_equal(said_of(one, SAID, NOW), SAID);
	assert_int_equal(log_repeat_due(NOW), -1);
	assert_int_equal(said_of(one, MANY, NOW), 0);
	assert_false(log_repeat_told(NOW, false, &held));
	assert_int_equal(log_repeat_due(NOW), WINDOW);
	assert_true(log_repeat_told(NOW + WINDOW, false, &held));
	assert_int_equal(held.n, MANY);
	assert_int_equal(held.level, 1);
	assert_string_equal(held.last, "line 999");
	assert_false(log_repeat_told(NOW + WINDOW, true, &held));
}

static void
other_places_are_said_meanwhile(void **state)
{
	(void)state;
	assert_int_equal(said_of(one, MANY, NOW), SAID);
	assert_int_equal(said_of(other, MANY, NOW), SAID);
}

static void
after_ten_seconds_a_few_more_are_said(void **state)
{
	struct log_repeat	 held;

	(void)state;
	assert_int_equal(said_of(one, MANY, NOW), SAID);
	assert_true(log_repeat_told(NOW + WINDOW, false, &held));
	assert_int_equal(said_of(one, MANY, NOW + WINDOW), SAID);
}

static void
who_ends_tells_at_once(void **state)
{
	struct log_repeat	 held;

	(void)state;
	(void)said_of(one, SAID + 1, NOW);
	assert_true(log_repeat_told(NOW, true, &held));
	assert_int_equal(held.n, 1);
}

static void
a_place_too_many_is_said_in_full(void **state)
{
	int	 i;

	(void)state;
	for (i = 0; i < 100; i++)
		(void)said_of(arena_printf(mem, "place %d", i), SAID + 1, NOW);
	assert_int_equal(said_of(one, MANY, NOW), MANY);
	assert_int_equal(said_of(arena_printf(mem, "new"), 1, NOW), 1);
}

static void
a_long_line_is_cut(void **state)
{
	struct log_repeat	 held;
	char			 text[2000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	(void)said_of(one, SAID, NOW);
	assert_false(log_repeat_say(one, text, 0, NOW));
	assert_true(log_repeat_told(NOW, true, &held));
	assert_int_equal(strlen(held.last), LOG_REPEAT_LAST - 1);
}

#define told(f)	cmocka_unit_test_setup_teardown(f, forget, mem_teardown)

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		told(a_few_are_said_and_the_others_counted),
		told(other_places_are_said_meanwhile),
		told(after_ten_seconds_a_few_more_are_said),
		told(who_ends_tells_at_once),
		told(a_place_too_many_is_said_in_full),
		told(a_long_line_is_cut),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
