/*
 * missed: tests of which changes that a read brings are such that a webhook
 * should have told of them (app/service/meeting/news.h).
 */
#include "t/unit/pictures.h"
#include "t/unit/readings.h"
#include "t/unit/stories.h"

#define AT(name, s) ",\"" name "\":\"" DAY "10:00:" s "Z\""
#define U(s)	AT("updated_at", s) AT("created_at", "01")
#define TIME(s)	DAY "10:00:" s ".000000Z"

static struct picture	picture;

/* Reads the meeting, once more; returns what that changes. */
static struct news
reading(const char *event, const char *invitee)
{
	static int		 second = 10;
	const char		*at = arena_printf(mem, "%d", second++);
	const struct sighting	 s = read_at(at, event_read(arena_printf(mem,
				    ACTIVE GROUP(2) "%s", event)), at,
				    invitee_read(1, invitee));

	return seen_in(&picture, &s);
}

static int
begin(void **state)
{
	const int	 rc = mem_setup(state);

	picture = (struct picture){ .n = 0 };
	return rc;
}

/* The change is seen, but no webhook tells of it. */
static void
is_silent(struct news news)
{
	assert_int_equal(news.change, MEETING_UPDATED);
	assert_null(news.webhook_since);
}

static void
webhooks_tell_of_bookings_cancellations_and_no_shows(void **state)
{
	struct news	 news;

	(void)state;
	news = reading(U("01"), ACTIVE U("02"));
	assert_string_equal(news.webhook_since, TIME("02"));
	news = reading(U("01"), ACTIVE U("02") NO_SHOW(1, "00:05"));
	assert_string_equal(news.webhook_since, DAY "10:00:05.500000Z");
	news = reading(U("01"), ACTIVE U("02") ",\"no_show\":null");
	assert_int_equal(news.change, MEETING_NO_SHOW);
	news = reading(U("06"), GONE U("06"));
	assert_string_equal(news.webhook_since, TIME("06"));
}

static void
no_webhook_tells_of_other_changes(void **state)
{
	struct sighting	 gone;

	(void)state;
	(void)reading(U("01"), ACTIVE U("02"));
	is_silent(reading(U("03") NAMED("another"), ACTIVE U("02")));
	is_silent(reading(U("03") NAMED("a third"), ACTIVE U("02")));
	is_silent(reading(U("03") ",\"start_time\":\"" TIME("59") "\"",
	    ACTIVE U("02")));
	is_silent(reading(U("03"), ACTIVE U("04") NAMED("Ivy")));
	assert_int_equal(reading(U("03"), ACTIVE U("04") NAMED("Ivy")).change,
	    MEETING_SAME);
	assert_true(sighting_gone(mem, "c", E_URI, arena_printf(mem, I_URI, 1),
	    TIME("50"), &gone));
	is_silent(seen_in(&picture, &gone));
}

static void
of_several_changes_those_that_are_told_count(void **state)
{
	struct news	 news, sum = { .change = MEETING_SAME };

	(void)state;
	(void)reading(U("01"), ACTIVE U("02"));
	news = reading(U("08") NAMED("another"), GONE U("03"));
	news_add(&sum, &news);
	assert_string_equal(sum.since, TIME("08"));
	assert_string_equal(sum.webhook_since, TIME("03"));
	news = reading(U("09") NAMED("a third"), GONE U("03"));
	news_add(&sum, &news);
	assert_string_equal(sum.since, TIME("09"));
	assert_string_equal(sum.webhook_since, TIME("03"));
}

#define fresh(f)	cmocka_unit_test_setup_teardown(f, begin,	\
			    mem_teardown)

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		fresh(webhooks_tell_of_bookings_cancellations_and_no_shows),
		fresh(no_webhook_tells_of_other_changes),
		fresh(of_several_changes_those_that_are_told_count),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return crypto_init() != CAL_OK ||
	    cmocka_run_group_tests(tests, NULL, NULL);
}
