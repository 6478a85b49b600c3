/*
 * gone: tests of what becomes of a meeting, and of its people, that Calendly
 * does not have any more (app/calendly/sighting.h, app/service/meeting/merge.h
 * and strip.h).
 */
#include "t/unit/pictures.h"
#include "t/unit/readings.h"
#include "t/unit/stories.h"

#include "app/service/meeting/strip.h"

#define AT(name, s) ",\"" name "\":\"" DAY "10:00:" s "Z\""
#define U(s)	AT("updated_at", s) AT("created_at", s)
#define PERSON	",\"name\":\"person\",\"email\":\"person@example.com\""	\
	",\"timezone\":\"Europe/person\",\"cancel_url\":\"person\""	\
	",\"tracking\":{\"utm_source\":\"person\"},\"payment\":7"	\
	",\"questions_and_answers\":[{\"question\":\"?\""		\
	",\"answer\":\"person\"}]"
#define PLACE	",\"name\":\"person\",\"start_time\":\"" DAY "11:00:00Z\"" \
	",\"location\":{\"type\":\"person\"}"				\
	",\"event_memberships\":[{\"user_email\":\"person\"}]"		\
	",\"event_guests\":[{\"email\":\"person\"}]"

/* The meeting and this invitee, as they were read at this second. */
static struct sighting
there(const char *second, int invitee, const char *more)
{
	return read_at(second, event_read(arena_printf(mem, "%s", ACTIVE
	    GROUP(2) U("01") PLACE)), second, invitee_read(invitee,
	    arena_printf(mem, PERSON U("02") "%s", more)));
}

static struct sighting
missing(const char *second, const char *invitee_uri)
{
	struct sighting	 s;

	assert_true(sighting_gone(mem, "c", E_URI, invitee_uri,
	    arena_printf(mem, DAY "10:00:%s.000000Z", second), &s));
	return s;
}

static const char *
shown(const struct picture *p, const char *path)
{
	return shown_at(meeting_shown(p->meetings, p->n, 1), path);
}

static void
only_ids_and_times_are_left_of_what_is_gone(void **state)
{
	const struct sighting	 first = there("10", 1, GONE BY("person"));
	const struct sighting	 gone = missing("20", NULL);
	struct picture		 p = { .n = 0 };
	const char		*all;
	struct news		 news;

	(void)state;
	(void)seen_in(&p, &first);
	news = seen_in(&p, &gone);
	assert_int_equal(news.change, MEETING_GONE);
	assert_null(news.invitee_id);
	all = shown(&p, "");
	assert_null(strstr(all, "person"));
	assert_string_equal(shown(&p, "status"), "gone");
	assert_string_equal(shown(&p, "location"), "null");
	assert_string_equal(shown(&p, "hosts"), "[]");
	assert_string_equal(shown(&p, "start_time"), DAY "11:00:00.000000Z");
	assert_string_equal(shown(&p, "calendly_uri"), E_URI);
	assert_string_equal(shown(&p, "invitees.0.status"), "gone");
	assert_string_equal(shown(&p, "invitees.0.email"), "null");
	assert_string_equal(shown(&p, "invitees.0.questions_and_answers"),
	    "[]");
	assert_string_equal(shown(&p, "invitees.0.unreadable"), "missing");
	assert_string_equal(shown(&p, "invitees.0.created_at"),
	    DAY "10:00:02.000000Z");
	assert_int_equal(seen_in(&p, &gone).change, MEETING_SAME);
}

static void
what_was_said_before_brings_nothing_back(void **state)
{
	const struct sighting	 first = there("05", 1, ""),
				 late = there("10", 1, ""),
				 other = there("10", 2, GONE BY("person")),
				 gone = missing("20", NULL);
	struct picture		 p = { .n = 0 };

	(void)state;
	(void)seen_in(&p, &first);
	(void)seen_in(&p, &gone);
	(void)seen_in(&p, &late);
	(void)seen_in(&p, &other);
	assert_null(strstr(text_of(&p), "person"));
	assert_string_equal(shown(&p, "status"), "gone");
	assert_string_equal(shown(&p, "invitees.1.status"), "gone");
}

static void
what_is_there_again_is_shown_again(void **state)
{
	const struct sighting	 first = there("10", 1, ""),
				 other = there("10", 2, ""),
				 gone = missing("20", NULL),
				 again = there("30", 1, "");
	struct picture		 p = { .n = 0 };

	(void)state;
	(void)seen_in(&p, &first);
	(void)seen_in(&p, &other);
	(void)seen_in(&p, &gone);
	assert_int_equal(seen_in(&p, &again).change, MEETING_UPDATED);
	assert_string_equal(shown(&p, "status"), "active");
	assert_string_equal(shown(&p, "name"), "person");
	assert_string_equal(shown(&p, "invitees.0.name"), "person");
	assert_string_equal(shown(&p, "invitees.1.name"), "null");
	assert_int_equal(seen_in(&p, &gone).change, MEETING_SAME);
}

static void
one_invitee_can_be_gone(void **state)
{
	const struct sighting	 first = there("10", 1, ""),
				 other = there("10", 2, "");
	struct sighting		 gone = missing("20", arena_printf(mem, I_URI,
				    1));
	struct picture		 p = { .n = 0 };
	struct news		 news;

	(void)state;
	(void)seen_in(&p, &first);
	(void)seen_in(&p, &other);
	news = seen_in(&p, &gone);
	assert_int_equal(news.change, MEETING_UPDATED);
	assert_string_equal(news.invitee_id, first.invitee_id);
	assert_string_equal(shown(&p, "status"), "active");
	assert_string_equal(shown(&p, "invitees.0.status"), "gone");
	assert_string_equal(shown(&p, "invitees.0.name"), "null");
	assert_string_equal(shown(&p, "invitees.1.name"), "person");
	assert_false(sighting_gone(mem, "c", NULL, NULL, DAY "10:00:00Z",
	    &gone));
}

static void
a_text_that_is_stripped_has_nothing_left_to_strip(void **state)
{
	static const char	text[] = "{\"calendly_uri\":\"u\\\"\",\"name\":"
	    "\"n\",\"guests\":[{}],\"truncated\":[\"name\"],\"tracking\":{},"
	    "\"invitees_counter\":{\"limit\":1},\"cancellation\":{"
	    "\"canceled_by\":\"p\",\"canceler_type\":\"host\"}}";
	static const char	rest[] = "{\"calendly_uri\":\"u\\\"\",\"name\":"
	    "null,\"guests\":[],\"tracking\":null,\"invitees_counter\":{"
	    "\"limit\":1},\"cancellation\":{\"canceled_by\":null,"
	    "\"canceler_type\":\"host\"}}";
	const char		*at = DAY "10:00:00.000000Z";
	struct reg		 r = { text, arena_printf(mem, "%s|x", at) };

	(void)state;
	assert_string_equal(strip_reg(mem, &r, NULL).text, text);
	assert_string_equal(strip_reg(mem, &r, DAY "09:59:59.999999Z").text,
	    text);
	r = strip_reg(mem, &r, at);
	assert_string_equal(r.text, rest);
	assert_string_equal(strip_reg(mem, &r, at).text, rest);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(only_ids_and_times_are_left_of_what_is_gone),
		promise(what_was_said_before_brings_nothing_back),
		promise(what_is_there_again_is_shown_again),
		promise(one_invitee_can_be_gone),
		promise(a_text_that_is_stripped_has_nothing_left_to_strip),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return crypto_init() != CAL_OK ||
	    cmocka_run_group_tests(tests, NULL, NULL);
}
