/*
 * push_target: tests of app/service/push/target.h.
 */
#include "t/unit/helper.h"

#include "app/service/push/target.h"

/*
 * Only as long as it answers soon: else those that begin to hang, or that need
 * ten seconds for each answer, would take all the room that there is.
 */
static void
a_target_is_proven_as_long_as_it_answers_soon(void **state)
{
	struct target	 t = { .window = 2 };

	(void)state;
	target_widen(&t, 100);
	assert_true(t.proven);
	assert_int_equal(t.window, 3);
	target_widen(&t, 10 * 1000);
	assert_false(t.proven);
	target_widen(&t, 100);
	assert_true(t.proven);
	target_narrow(&t);
	assert_false(t.proven);
	assert_int_equal(t.window, 2);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(a_target_is_proven_as_long_as_it_answers_soon),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
