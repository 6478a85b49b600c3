/*
 * metric: tests of app/metric/metric.h, and of its table of metrics.
 */
#include <stdbool.h>

#include "app/metric/metric.h"
#include "app/metric/table.h"
#include "app/metric/vitals.h"
#include "app/metric/vitals_database.h"
#include "lib/buf.h"
#include "lib/db.h"
#include "t/unit/helper.h"

static const char *const	routes[] = {
	"GET /a", "POST /b", "none", NULL
};

static int
open_metrics(void **state)
{
	vitals_open();
	metric_open(routes);
	return mem_setup(state);
}

static int
close_metrics(void **state)
{
	metrics_close();
	vitals_close();
	return mem_teardown(state);
}

/*
 * Fails unless the metrics' text contains "line", which may be part of a line.
 */
static void
is_told(const char *line)
{
	struct buf	 b;

	buf_init(&b, mem, 0);
	metrics_write(metrics_look(mem), &b);
	if (strstr(b.p, line) == NULL)
		fail_msg("not told: %s", line);
}

static bool
ends_in(const char *s, const char *end)
{
	const size_t	 n = strlen(s), nend = strlen(end);

	return n > nend && strcmp(s + n - nend, end) == 0;
}

static void
names_follow_the_conventions_and_every_metric_has_help(void **state)
{
	const struct metric	*m;

	(void)state;
	for (m = metric_table; m < metric_table + METRIC__MAX; m++) {
		assert_non_null(m->name);
		assert_int_equal(strspn(m->name,
		    "abcdefghijklmnopqrstuvwxyz_"), strlen(m->name));
		assert_memory_equal(m->name, "calendlyd_", 10);
		assert_int_equal(ends_in(m->name, "_total"),
		    m->type == METRICS_COUNTER);
		assert_true(ends_in(m->help, "."));
		assert_int_equal(m->bounds != NULL,
		    m->type == METRICS_HISTOGRAM);
		if (m->per > 1)
			assert_true(ends_in(m->name, "_seconds"));
	}
}

static void
bounds_rise(void **state)
{
	const struct metric	*m;
	const int64_t		*b;

	(void)state;
	for (m = metric_table; m < metric_table + METRIC__MAX; m++)
		for (b = m->bounds; b != NULL && *b != METRICS_INF; b++)
			assert_true(b[0] < b[1]);
}

static void
a_request_counts_for_its_route_and_status(void **state)
{
	(void)state;
	metric_request(1, 503, 2500);
	metric_request(2, 418, 2501);
	is_told("calendlyd_requests_total{route=\"POST /b\","
	    "status=\"503\"} 1\n");
	is_told("calendlyd_requests_total{route=\"none\","
	    "status=\"other\"} 1\n");
	is_told("calendlyd_request_duration_seconds_bucket{route=\"POST /b\","
	    "le=\"0.0025\"} 1\n");
	is_told("calendlyd_request_duration_seconds_bucket{route=\"none\","
	    "le=\"0.0025\"} 0\n");
}

static void
a_delivery_counts_for_the_first_part_of_its_kind(void **state)
{
	(void)state;
	metric_delivery("invitee.created", "applied");
	metric_delivery("invitee_no_show.deleted", "superseded");
	metric_delivery("something_of_next_year_with_a_very_long_name.x",
	    "applied");
	metric_delivery("", "applied");
	metric_delivery(NULL, "flagged");
	is_told("{kind=\"invitee\",outcome=\"applied\"} 1\n");
	is_told("{kind=\"invitee_no_show\",outcome=\"superseded\"} 1\n");
	is_told("{kind=\"other\",outcome=\"applied\"} 2\n");
	is_told("{kind=\"unreadable\",outcome=\"flagged\"} 1\n");
}

static void
a_call_counts_for_its_purpose_and_class_of_status(void **state)
{
	(void)state;
	metric_call("user_me", 204, 50);
	metric_call("user_me", 429, 1);
	metric_call("user_me", 404, 1);
	metric_call("user_me", 500, 1);
	metric_call("user_me", 0, 10000);
	metric_call("mystery", 302, 1);
	is_told("{purpose=\"user_me\",status=\"2xx\"} 1\n");
	is_told("{purpose=\"user_me\",status=\"429\"} 1\n");
	is_told("{purpose=\"user_me\",status=\"4xx\"} 1\n");
	is_told("{purpose=\"user_me\",status=\"5xx\"} 1\n");
	is_told("{purpose=\"user_me\",status=\"none\"} 1\n");
	is_told("{purpose=\"other\",status=\"other\"} 1\n");
	is_told("calendlyd_calendly_call_duration_seconds_sum"
	    "{purpose=\"user_me\"} 10.053\n");
}

static void
a_failed_statement_counts_for_its_class_of_sqlstate(void **state)
{
	(void)state;
	vitals_database.failed("23505");
	vitals_database.failed("23503");
	vitals_database.failed("");
	vitals_database.failed("ZZ000");
	vitals_database.connected(true);
	vitals_database.connected(false);
	is_told("calendlyd_database_errors_total{class=\"23\"} 2\n");
	is_told("calendlyd_database_errors_total{class=\"none\"} 1\n");
	is_told("calendlyd_database_errors_total{class=\"other\"} 1\n");
	is_told("calendlyd_database_connects_total{result=\"ok\"} 1\n");
	is_told("calendlyd_database_connects_total{result=\"failed\"} 1\n");
}

static void
what_a_scrape_found_out_is_told_and_no_more(void **state)
{
	struct metrics_view	*v = metrics_look(mem);
	struct buf		 b;

	(void)state;
	metric_put_none(v, METRIC_JOBS);
	metric_put(v, METRIC_JOBS, "parked", 7);
	buf_init(&b, mem, 0);
	metrics_write(v, &b);
	assert_non_null(strstr(b.p, "calendlyd_jobs{state=\"parked\"} 7\n"));
	assert_non_null(strstr(b.p, "calendlyd_jobs{state=\"running\"} 0\n"));
	assert_null(strstr(b.p, "calendlyd_connections"));
}

/*
 * A stall of the database server must be known to all processes, so a process
 * that got no slot for its metrics must notice the stalls of others and report
 * its own, although the metric does not count them.
 */
static void
a_stall_is_heard_by_all_and_told_by_all(void **state)
{
	const int64_t	 before = vitals_database.stalls();

	(void)state;
	metrics_use(METRICS_NO_SLOT);
	vitals_database.stalled();
	assert_int_equal(vitals_database.stalls(), before + 1);
	metrics_use(0);
	vitals_database.stalled();
	assert_int_equal(vitals_database.stalls(), before + 2);
	is_told("\ncalendlyd_database_stalls_total 1\n");
}

#define counted(f)	cmocka_unit_test_setup_teardown(f, open_metrics, \
			    close_metrics)

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(names_follow_the_conventions_and_every_metric_has_help),
		promise(bounds_rise),
		counted(a_request_counts_for_its_route_and_status),
		counted(a_delivery_counts_for_the_first_part_of_its_kind),
		counted(a_call_counts_for_its_purpose_and_class_of_status),
		counted(a_failed_statement_counts_for_its_class_of_sqlstate),
		counted(a_stall_is_heard_by_all_and_told_by_all),
		counted(what_a_scrape_found_out_is_told_and_no_more),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
