/*
 * metrics: tests of lib/metrics.h: what numbers are counted and how they are
 * shown.
 */
#include <stdbool.h>

#include "t/unit/metrics.h"

static void
without_a_region_nothing_is_counted_and_nothing_fails(void **state)
{
	(void)state;
	assert_int_equal(metrics_take(), METRICS_NO_SLOT);
	metrics_use(METRICS_NO_SLOT);
	metrics_add(HITS, 0, 0, 1);
	metrics_set(WAITING, 0, 0, 1);
	metrics_observe(TOOK, 0, 0, 1);
	metrics_release(0);
	assert_true(metrics_claim(WAITING, 1));
	metrics_unclaim(WAITING);
	assert_int_equal(metrics_sum(WAITING), 0);
	assert_null(metrics_look(mem));
}

static void
the_text_is_what_prometheus_reads(void **state)
{
	struct metrics_view	*v;

	(void)state;
	metrics_add(HITS, 1, 1, 41);
	metrics_add(HITS, 1, 1, 1);
	metrics_set(WAITING, 0, 0, 3);
	metrics_observe(TOOK, 0, 0, -2000);
	metrics_observe(TOOK, 0, 0, 500);
	metrics_observe(TOOK, 0, 0, 501);
	metrics_observe(TOOK, 0, 0, 2001);
	v = metrics_look(mem);
	metrics_put(v, KNOWN, 1, 0, -7);
	assert_string_equal(text_of(v),
	    "# HELP hits_total Two\\nlines \\\\ \"here\".\n"
	    "# TYPE hits_total counter\n"
	    "hits_total{colour=\"a\\\"b\\\\c\\nd\",size=\"l\"} 42\n"
	    "# HELP waiting Who waits.\n"
	    "# TYPE waiting gauge\n"
	    "waiting 3\n"
	    "# HELP took_seconds How long.\n"
	    "# TYPE took_seconds histogram\n"
	    "took_seconds_bucket{le=\"-1.5\"} 1\n"
	    "took_seconds_bucket{le=\"0\"} 1\n"
	    "took_seconds_bucket{le=\"0.5\"} 2\n"
	    "took_seconds_bucket{le=\"2\"} 3\n"
	    "took_seconds_bucket{le=\"+Inf\"} 4\n"
	    "took_seconds_sum 1.002\n"
	    "took_seconds_count 4\n"
	    "# HELP known By look-up.\n"
	    "# TYPE known gauge\n"
	    "known{size=\"l\"} -7\n");
}

static void
a_value_that_is_not_listed_counts_as_the_last(void **state)
{
	(void)state;
	assert_int_equal(metrics_value(&COLOUR, "red"), 0);
	assert_int_equal(metrics_value(&COLOUR, "a\"b\\c\nd"), 1);
	assert_int_equal(metrics_value(&COLOUR, "other"), 2);
	assert_int_equal(metrics_value(&COLOUR, "mauve"), 2);
	assert_int_equal(metrics_value(&COLOUR, ""), 2);
}

static void
who_got_no_slot_counts_nothing_and_claims_nothing(void **state)
{
	int	 n = 0;

	(void)state;
	while (metrics_take() != METRICS_NO_SLOT)
		n++;
	assert_true(n > 2 * (512 + 512 + 128));
	metrics_use(METRICS_NO_SLOT);
	metrics_add(HITS, 0, 0, 1);
	assert_false(metrics_claim(WAITING, 10));
	assert_null(strstr(text_of(metrics_look(mem)), "hits_total{"));
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(without_a_region_nothing_is_counted_and_nothing_fails),
		counted(the_text_is_what_prometheus_reads),
		counted(a_value_that_is_not_listed_counts_as_the_last),
		counted(who_got_no_slot_counts_nothing_and_claims_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
