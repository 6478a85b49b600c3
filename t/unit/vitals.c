/*
 * vitals: tests of app/metric/vitals.h, by which the processes of a host tell
 * each other in what state their database is.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "app/metric/vitals.h"
#include "lib/clock.h"
#include "t/unit/helper.h"

enum { SLOT = 3, HANG_MS = 1200 };

static void
wait_ms(long ms)
{
	const struct timespec	 ts = { ms / 1000, ms % 1000 * 1000000 };

	(void)nanosleep(&ts, NULL);
}

static const char *
database(void)
{
	static struct vitals_report	 now;

	vitals_read(&now);
	return now.database;
}

static void
looked(const char *fault, int64_t begun)
{
	struct vitals_report	 r = { "", "", "", "", "" };

	(void)snprintf(r.database, sizeof(r.database), "%s", fault);
	vitals_tell(&r, begun);
}

static int
open_vitals(void **state)
{
	(void)state;
	vitals_open();
	return 0;
}

static int
close_vitals(void **state)
{
	(void)state;
	vitals_close();
	return 0;
}

static void
nothing_is_promised_before_the_first_look(void **state)
{
	(void)state;
	assert_string_not_equal(database(), "");
	looked("", clock_ms());
	assert_string_equal(database(), "");
}

static void
what_the_watcher_found_is_said(void **state)
{
	(void)state;
	looked("is gone", clock_ms());
	assert_string_equal(database(), "is gone");
}

static void
trouble_counts_until_a_look_that_began_after_it(void **state)
{
	const int64_t	 before = clock_ms();

	(void)state;
	wait_ms(2);
	vitals_met(VITALS_READ_ONLY);
	assert_true(vitals_doubted(before));
	looked("", before);
	assert_non_null(strstr(database(), "takes no writes"));
	wait_ms(2);
	looked("", clock_ms());
	assert_string_equal(database(), "");
}

/*
 * A look that can write a little does not prove that the disk has room again,
 * because a small write may fit where a large one did not.
 */
static void
a_full_disk_counts_for_a_while_whatever_a_look_finds(void **state)
{
	(void)state;
	vitals_met(VITALS_FULL);
	wait_ms(2);
	looked("", clock_ms());
	assert_non_null(strstr(database(), "no room"));
}

static void
who_waited_for_a_server_that_hung_must_be_free_first(void **state)
{
	(void)state;
	vitals_use(SLOT);
	vitals_waiting(true);
	wait_ms(HANG_MS);
	looked("", clock_ms());
	assert_string_equal(database(), "");	/* it may wait for a lock */
	vitals_met(VITALS_NO_ANSWER);
	wait_ms(2);
	looked("", clock_ms());
	assert_non_null(strstr(database(), "no answer"));
	vitals_waiting(false);
	assert_string_equal(database(), "");
	vitals_waiting(true);
	wait_ms(HANG_MS);
	assert_string_equal(database(), "");	/* this is another wait */
	vitals_release(SLOT);
}

static void
an_old_look_is_none(void **state)
{
	(void)state;
	looked("", clock_ms());
	wait_ms(2600);
	assert_non_null(strstr(database(), "no answer"));
}

static void
without_a_page_nothing_fails(void **state)
{
	(void)state;
	vitals_use(SLOT);
	vitals_waiting(true);
	vitals_met(VITALS_FULL);
	looked("", clock_ms());
	vitals_release(SLOT);
	assert_string_not_equal(database(), "");
}

#define on_a_page(f)							\
	cmocka_unit_test_setup_teardown(f, open_vitals, close_vitals)

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		on_a_page(nothing_is_promised_before_the_first_look),
		on_a_page(what_the_watcher_found_is_said),
		on_a_page(trouble_counts_until_a_look_that_began_after_it),
		on_a_page(a_full_disk_counts_for_a_while_whatever_a_look_finds),
		on_a_page(who_waited_for_a_server_that_hung_must_be_free_first),
		on_a_page(an_old_look_is_none),
		cmocka_unit_test(without_a_page_nothing_fails),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
