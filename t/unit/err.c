/*
 * err: tests of lib/err.h.  Every error has a name of its own, and without
 * memory the process exits with status 1.
 */
#include "t/unit/helper.h"

#include "lib/err.h"

static void
every_value_has_a_name_of_its_own(void **state)
{
	int	i, j;

	(void)state;
	for (i = 0; i < CAL_ERR__MAX; i++) {
		assert_non_null(err_name((enum cal_err)i));
		for (j = 0; j < i; j++)
			assert_string_not_equal(err_name((enum cal_err)i),
			    err_name((enum cal_err)j));
	}
	assert_string_equal(err_name(CAL_UNAVAILABLE), "unavailable");
}

static void
a_value_that_is_none_has_a_name_too(void **state)
{
	(void)state;
	assert_string_equal(err_name(CAL_ERR__MAX), "unknown");
	assert_string_equal(err_name((enum cal_err)1000), "unknown");
}

static void
run_out(void *what)
{
	err_nomem(what);
}

static void
without_memory_the_process_ends_with_1(void **state)
{
	char	what[] = "a test";

	(void)state;
	assert_int_equal(exit_of(run_out, what), 1);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(every_value_has_a_name_of_its_own),
		promise(a_value_that_is_none_has_a_name_too),
		promise(without_memory_the_process_ends_with_1),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
