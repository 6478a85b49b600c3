/*
 * sighting_read: tests of what app/calendly/sighting.h makes of answers of the
 * API, and of how they and deliveries are combined (app/service/meeting/
 * merge.h).
 */
#include "t/unit/readings.h"
#include "t/unit/stories.h"

#include "app/service/meeting/merge.h"

#define AT(s)	"10:00:" s ".000000"
#define U(s)	",\"updated_at\":\"" DAY AT(s) "Z\""
#define SET(s)	",\"no_show\":{\"uri\":\"" API "/no_shows/1\","		\
	"\"created_at\":\"" DAY "10:00:" s "Z\"}"
#define NONE	",\"no_show\":null"

static struct meeting
nothing(void)
{
	return (struct meeting){ .id = "m", .user_id = "u" };
}

static struct news
see(struct meeting *m, const struct sighting *s)
{
	return meeting_see(mem, m, s);
}

static const char *
shown(const struct meeting *m, const char *path)
{
	return shown_at(meeting_shown(m, 1, 1), path);
}

/* A delivery of this kind that was sent at this second. */
static struct sighting
heard(const char *kind, const char *second, const char *event,
    const char *invitee)
{
	struct sighting	 s;

	assert_true(sighting_from(arena_printf(mem, "{\"event\":\"%s\","
	    "\"created_at\":\"" DAY "10:00:%sZ\",\"payload\":{\"uri\":\""
	    I_URI "\"%s,\"scheduled_event\":{\"uri\":\"" E_URI "\"%s}}}",
	    kind, second, 1, invitee, event), &s));
	return s;
}

static void
what_is_known_already_changes_nothing_when_it_is_read(void **state)
{
	static const char	 was[] = ACTIVE ONE U("01") ",\"location\":"
	    "{\"type\":\"zoom\",\"data\":{\"id\":1}}";
	static const char	 lists[] = ACTIVE U("01")
	    ",\"calendar_event\":{\"kind\":\"google\"},\"location\":{\"data\":"
	    "null,\"type\":\"zoom\"},\"invitees_counter\":{\"limit\":1.0,"
	    "\"total\":1.0,\"active\":1.0}";
	struct meeting		 m = nothing();
	struct sighting		 s;

	(void)state;
	s = heard("invitee.created", "02", was, ACTIVE U("01") NAMED("I"));
	assert_int_equal(see(&m, &s).change, MEETING_CREATED);
	s = read_at("40", event_read(lists), "50", invitee_read(1,
	    ACTIVE NONE U("01") NAMED("I")));
	assert_int_equal(see(&m, &s).change, MEETING_SAME);
	assert_true(m.altered);
}

static void
an_event_can_be_read_without_its_invitees(void **state)
{
	struct sighting	 s = read_at("10", event_read(ACTIVE U("01")), "10",
			    NULL);
	struct meeting	 m = nothing();
	struct news	 news;

	(void)state;
	assert_null(s.invitee_id);
	assert_null(s.invitee.version);
	assert_null(s.no_show.version);
	news = see(&m, &s);
	assert_int_equal(news.change, MEETING_CREATED);
	assert_null(news.invitee_id);
	assert_string_equal(news.since, DAY AT("01") "Z");
	assert_int_equal(m.ninvitees, 0);
}

/*
 * The event and its invitees come in two answers; an invitee who booked between
 * them does not make the event's answer a later one.
 */
static void
an_event_speaks_for_the_moment_at_which_it_was_asked_for(void **state)
{
	struct sighting	 read = read_at("10.000000", event_read(ACTIVE
			    U("01") NAMED("old")), "30.000000", invitee_read(1,
			    ACTIVE U("29")));
	struct sighting	 told = heard("invitee.created", "20", ACTIVE U("01")
			    NAMED("new"), ACTIVE U("19"));
	struct meeting	 m = nothing();

	(void)state;
	(void)see(&m, &told);
	(void)see(&m, &read);
	assert_string_equal(shown(&m, "name"), "new");
	assert_string_equal(shown(&m, "invitees.0.updated_at"), DAY AT("29")
	    "Z");
}

static void
a_read_never_undoes_what_was_said_later(void **state)
{
	struct sighting	 told[] = {
		heard("invitee_no_show.created", "20.200000", ACTIVE U("01")
		    NAMED("new"), ACTIVE U("01") NAMED("b") SET("20.1")),
		read_at("20.000000", event_read(ACTIVE U("01") NAMED("old")),
		    "20.000000", invitee_read(1, ACTIVE U("01") NAMED("a")
		    NONE)),
	};
	struct meeting	 m;
	int		 i;

	(void)state;
	for (i = 0; i < 2; i++) {
		m = nothing();
		(void)see(&m, &told[i]);
		(void)see(&m, &told[1 - i]);
		assert_string_equal(shown(&m, "name"), "new");
		assert_string_equal(shown(&m, "invitees.0.name"), "b");
		assert_string_equal(shown(&m,
		    "invitees.0.no_show.created_at"), DAY "10:00:20.100000Z");
	}
}

/*
 * Tells of a no-show in two ways, in both orders, and compares when it began
 * with "want" ("missing": it ended).
 */
static void
check_no_show(const struct sighting *one, const struct sighting *two,
    const char *want)
{
	const struct sighting	*const s[] = { one, two, one };
	struct meeting		 m;
	int			 i;

	for (i = 0; i < 2; i++) {
		m = nothing();
		(void)see(&m, s[i]);
		(void)see(&m, s[i + 1]);
		assert_string_equal(shown(&m,
		    "invitees.0.no_show.created_at"), want);
	}
}

static void
no_no_show_in_an_answer_ends_one_that_was_set_before(void **state)
{
	const struct json_node	*event = event_read(ACTIVE U("01"));
	struct sighting	 set = heard("invitee_no_show.created", "20.200000",
			    ACTIVE U("01"), ACTIVE U("01") SET("20.1"));
	struct sighting	 none = read_at("20.500000", event, "20.500000",
			    invitee_read(1, ACTIVE U("01") NONE));
	struct sighting	 later = read_at("40.000000", event, "40.000000",
			    invitee_read(1, ACTIVE U("01") NONE));
	struct sighting	 silent = read_at("40.000000", event, "40.000000",
			    invitee_read(1, ACTIVE U("01")));
	struct sighting	 odd = read_at("40.000000", event, "40.000000",
			    invitee_read(1, ACTIVE U("01") ",\"no_show\":7"));
	struct sighting	 other = heard("invitee.created", "40", ACTIVE U("01"),
			    ACTIVE U("01") NONE);

	(void)state;
	check_no_show(&set, &none, "missing");
	check_no_show(&set, &later, "missing");
	check_no_show(&set, &silent, DAY "10:00:20.100000Z");
	check_no_show(&set, &odd, DAY "10:00:20.100000Z");
	check_no_show(&set, &other, DAY "10:00:20.100000Z");
}

/* Within one second a no-show is set, cleared, and set again. */
static void
a_no_show_in_an_answer_was_there_at_its_moment(void **state)
{
	const struct json_node	*event = event_read(ACTIVE U("01"));
	struct sighting	 ended = heard("invitee_no_show.deleted",
			    "20.500000", ACTIVE U("01"), ACTIVE U("01"));
	struct sighting	 again = read_at("20.600000", event, "20.600000",
			    invitee_read(1, ACTIVE U("01") SET("20.9")));
	struct sighting	 there = read_at("40.000000", event, "40.000000",
			    invitee_read(1, ACTIVE U("01") SET("20.4")));
	struct sighting	 before = read_at("20.300000", event, "20.300000",
			    invitee_read(1, ACTIVE U("01") SET("20.1")));

	(void)state;
	check_no_show(&ended, &again, DAY "10:00:20.900000Z");
	check_no_show(&ended, &there, DAY "10:00:20.400000Z");
	check_no_show(&ended, &before, "missing");
}

static struct news
news_of(const struct news *list, size_t n)
{
	struct news	 sum = { .change = MEETING_SAME };
	size_t		 i;

	for (i = 0; i < n; i++)
		news_add(&sum, &list[i]);
	return sum;
}

static void
several_changes_of_a_meeting_are_told_as_one(void **state)
{
	static const struct news	news[] = {
		{ MEETING_SAME, NULL, false, NULL, NULL },
		{ MEETING_UPDATED, NULL, false, "3", NULL },
		{ MEETING_CREATED, "a", false, "1", NULL },
		{ MEETING_NO_SHOW, "a", false, NULL, NULL },
		{ MEETING_CANCELED, "b", false, "2", NULL },
		{ MEETING_UPDATED, "a", false, NULL, NULL },
	};
	struct news			sum;

	(void)state;
	sum = news_of(news, 1);
	assert_int_equal(sum.change, MEETING_SAME);
	assert_null(sum.since);
	sum = news_of(news, 4);
	assert_int_equal(sum.change, MEETING_CREATED);
	assert_string_equal(sum.invitee_id, "a");
	assert_string_equal(sum.since, "3");
	sum = news_of(news, 6);
	assert_int_equal(sum.change, MEETING_CANCELED);
	assert_null(sum.invitee_id);
	assert_string_equal(sum.since, "3");
}

static void
a_meeting_that_is_new_with_its_invitees_is_created_once(void **state)
{
	const struct json_node	*event = event_read(ACTIVE GROUP(2) U("01"));
	struct sighting	 s[] = {
		read_at("40", event, "50", invitee_read(1, ACTIVE U("02"))),
		read_at("40", event, "50", invitee_read(2, ACTIVE U("03"))),
	};
	struct meeting	 m = nothing();
	struct news	 news[2], sum;

	(void)state;
	news[0] = see(&m, &s[0]);
	news[1] = see(&m, &s[1]);
	assert_string_equal(news[1].invitee_id, s[1].invitee_id);
	sum = news_of(news, 2);
	assert_int_equal(sum.change, MEETING_CREATED);
	assert_null(sum.invitee_id);
	assert_string_equal(sum.since, DAY AT("03") "Z");
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(what_is_known_already_changes_nothing_when_it_is_read),
		promise(an_event_can_be_read_without_its_invitees),
		promise(
		    an_event_speaks_for_the_moment_at_which_it_was_asked_for),
		promise(a_read_never_undoes_what_was_said_later),
		promise(no_no_show_in_an_answer_ends_one_that_was_set_before),
		promise(a_no_show_in_an_answer_was_there_at_its_moment),
		promise(several_changes_of_a_meeting_are_told_as_one),
		promise(
		    a_meeting_that_is_new_with_its_invitees_is_created_once),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return crypto_init() != CAL_OK ||
	    cmocka_run_group_tests(tests, NULL, NULL);
}
