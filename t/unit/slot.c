/*
 * slot: tests of app/process/slot.h: when the next process may be started in
 * the place of one that ended.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/process/slot.h"
#include "lib/clock.h"

enum {
	LEFT = 0,		/* statuses as waitpid(2) gives them */
	FAILED = 1 << 8,
	KILLED = SIGKILL,
};

static struct slot	 slot;

static int
one_process(void **state)
{
	(void)state;
	slot_init(&slot, SERVICE_INGEST, 3);
	slot_started(&slot, 4711, 0);
	return 0;
}

/*
 * Returns the pause that follows a second failure, in milliseconds.  A copy of
 * the slot is asked for it, because asking counts as a failure.
 */
static int64_t
first_pause(void)
{
	struct slot	 other = slot;
	int64_t		 pause;

	other.failures = 1;
	pause = slot_pause(&other, 0);
	assert_true(pause > 0);
	return pause;
}

static void
is_named_by_pool_and_number(void **state)
{
	(void)state;
	assert_string_equal(slot.name, "ingest/3");
	assert_int_equal(slot.pid, 4711);
}

static void
the_first_failure_is_mended_at_once(void **state)
{
	(void)state;
	slot_ended(&slot, KILLED, false);
	assert_int_equal(slot.pid, 0);
	assert_true(slot.due <= clock_ms());
}

static void
further_failures_wait_longer_and_longer_up_to_a_bound(void **state)
{
	int64_t	 last = 0, pause;
	int	 i;

	(void)state;
	assert_int_equal(slot_pause(&slot, 0), 0);
	for (i = 0; i < 8; i++) {
		pause = slot_pause(&slot, 100);
		assert_true(pause > last);
		last = pause;
	}
	assert_int_equal(slot_pause(&slot, 100), last);
	assert_true(last <= 60000);
}

static void
a_steady_life_wipes_out_the_past(void **state)
{
	int	 i;

	(void)state;
	for (i = 0; i < 5; i++)
		(void)slot_pause(&slot, 0);
	assert_int_equal(slot_pause(&slot, 10001), 0);
}

static void
who_left_in_order_is_replaced_at_once_always(void **state)
{
	int	 i;

	(void)state;
	for (i = 0; i < 5; i++) {
		slot_started(&slot, 4711, 0);
		slot_ended(&slot, LEFT, false);
		assert_true(slot.due <= clock_ms());
	}
}

static void
failing_again_and_again_is_not_forgiven(void **state)
{
	const int64_t	 begun = clock_ms();

	(void)state;
	slot_ended(&slot, FAILED, false);
	slot_started(&slot, 4712, 0);
	slot_ended(&slot, FAILED, false);
	assert_true(slot.due >= begun + first_pause());
}

static void
a_fork_that_fails_is_never_retried_at_once(void **state)
{
	const int64_t	 begun = clock_ms();

	(void)state;
	slot_init(&slot, SERVICE_APP, 0);
	slot_started(&slot, -1, EAGAIN);
	assert_int_equal(slot.pid, 0);
	assert_true(slot.due >= begun + first_pause());
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test_setup(is_named_by_pool_and_number,
		    one_process),
		cmocka_unit_test_setup(the_first_failure_is_mended_at_once,
		    one_process),
		cmocka_unit_test_setup(
		    further_failures_wait_longer_and_longer_up_to_a_bound,
		    one_process),
		cmocka_unit_test_setup(a_steady_life_wipes_out_the_past,
		    one_process),
		cmocka_unit_test_setup(
		    who_left_in_order_is_replaced_at_once_always,
		    one_process),
		cmocka_unit_test_setup(failing_again_and_again_is_not_forgiven,
		    one_process),
		cmocka_unit_test_setup(
		    a_fork_that_fails_is_never_retried_at_once, one_process),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
