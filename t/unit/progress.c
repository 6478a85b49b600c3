/*
 * progress: tests of app/ctl/progress.h.  One line tells how far a walk over a
 * user's meetings is.
 */
#include "t/unit/helper.h"

#include "app/ctl/progress.h"
#include "app/repo/sync.h"

enum { LINE_MAX_SHOWN = 79 };

static const struct sync_view	half = {
	.state = SYNC_RUNNING,
	.phase = SYNC_INVITEES,
	.events = 2310,
	.events_done = 1155,
	.invitees = 1800,
	.eta = "2026-11-22T17:08:40.000000Z",
};

static void
is(const struct sync_view *v, const char *line)
{
	assert_string_equal(progress_line(mem, v,
	    progress_time("2026-11-22T17:05:00Z")), line);
}

static void
a_walk_under_way_shows_how_much_is_done_and_left(void **state)
{
	struct sync_view	 v = half;

	(void)state;
	is(&v, "invitees  [########--------] 1155/2310 events, "
	    "1800 invitees, 3 min left");
	v.phase = SYNC_MISSING;
	v.events_done = v.events;
	v.eta = NULL;
	is(&v, "missing   [################] 2310/2310 events, "
	    "1800 invitees");
}

static void
the_bar_is_full_only_when_all_is_done(void **state)
{
	struct sync_view	 v = half;

	(void)state;
	v.eta = NULL;
	v.events_done = 2309;
	is(&v, "invitees  [###############-] 2309/2310 events, "
	    "1800 invitees");
	v.trouble = SYNC_UNREACHABLE;
	is(&v, "invitees  [###############-] 2309/2310 events, "
	    "1800 invitees, no answer yet");
	v.trouble = SYNC_WELL;
	v.events = v.events_done = 0;
	is(&v, "invitees  [----------------] 0/0 events, 1800 invitees");
}

static void
while_pages_come_nobody_knows_how_many(void **state)
{
	struct sync_view	 v = half;

	(void)state;
	v.phase = SYNC_EVENTS;
	v.eta = NULL;
	is(&v, "events    2310 found so far");
}

static void
other_states_are_told_in_words(void **state)
{
	struct sync_view	 v = half;

	(void)state;
	v.state = SYNC_WAITING;
	is(&v, "waiting   a runner begins it soon");
	v.trouble = SYNC_UNREACHABLE;
	is(&v, "waiting   Calendly gives no answer yet");
	v.state = SYNC_STUCK;
	v.trouble = SYNC_NO_SCOPE;
	is(&v, "stuck: scope");
	v.trouble = SYNC_WELL;
	is(&v, "stuck: not known why");
	v.state = SYNC_IDLE;
	is(&v, "complete  2310 events, 1800 invitees");
	v.unread = 2;
	is(&v, "complete  2310 events, 1800 invitees, 2 could not be read");
}

static void
a_line_fits_on_a_terminal(void **state)
{
	struct sync_view	 v = half;

	(void)state;
	v.events = v.events_done = 99999;
	v.invitees = 99999;
	v.eta = "2026-11-22T19:04:59Z";
	assert_true(strlen(progress_line(mem, &v,
	    progress_time("2026-11-22T17:05:00Z"))) <= LINE_MAX_SHOWN);
}

static void
a_span_has_one_unit(void **state)
{
	(void)state;
	assert_string_equal(progress_span(mem, -5), "0 s");
	assert_string_equal(progress_span(mem, 59), "59 s");
	assert_string_equal(progress_span(mem, 60), "60 s");
	assert_string_equal(progress_span(mem, 3600 + 125), "62 min");
	assert_string_equal(progress_span(mem, 90000), "25 h");
	assert_string_equal(progress_span(mem, 260000), "3 d");
	assert_true(progress_time("yesterday") == -1);
	assert_true(progress_time(NULL) == -1);
}

static void
each_trouble_says_what_to_do(void **state)
{
	(void)state;
	assert_non_null(strstr(progress_trouble(SYNC_NO_SCOPE),
	    "connect again"));
	assert_non_null(strstr(progress_trouble(SYNC_REFUSED), "errors"));
	assert_non_null(strstr(progress_trouble(SYNC_UNREACHABLE),
	    "by itself"));
	assert_non_null(strstr(progress_trouble(SYNC_WELL), "errors"));
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(a_walk_under_way_shows_how_much_is_done_and_left),
		promise(the_bar_is_full_only_when_all_is_done),
		promise(while_pages_come_nobody_knows_how_many),
		promise(other_states_are_told_in_words),
		promise(a_line_fits_on_a_terminal),
		promise(a_span_has_one_unit),
		promise(each_trouble_says_what_to_do),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
