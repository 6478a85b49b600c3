/*
 * sighting: tests of app/calendly/sighting.h and content.h.  Every field ends
 * up in its place, and nothing in a body is so odd that reading fails.
 */
#include "t/unit/sightings.h"

#define E	"\"uri\":\"" API "/scheduled_events/"			\
	"00000000-0000-4000-8000-000000000001\""
#define I	"\"uri\":\"" API "/scheduled_events/"			\
	"00000000-0000-4000-8000-000000000001/invitees/ABCDEFGHIJKLMNO7\""

static const char *
body(const char *kind, const char *invitee, const char *event)
{
	return arena_printf(mem, "{\"event\":\"%s\",\"created_at\":\"" DAY
	    "10:00:00Z\",\"payload\":{" I "%s,\"scheduled_event\":{" E
	    "%s}}}", kind, invitee, event);
}

static struct sighting
seen(const char *invitee, const char *event)
{
	struct sighting	 s;

	assert_true(sighting_from(body("invitee.created", invitee, event),
	    &s));
	return s;
}

/*
 * Returns a value of the meeting's part of what is seen; the next function does
 * the same for the invitee's part.
 */
static const char *
meeting_at(const char *event, const char *path)
{
	return shown_at(json_of(seen("", event).meeting.text), path);
}

static const char *
invitee_at(const char *invitee, const char *path)
{
	return shown_at(json_of(seen(invitee, "").invitee.text), path);
}

struct field {
	const char	*said, *path, *shown;
};

static void
a_meetings_fields_are_in_their_places(void **state)
{
	static const struct field	fields[] = {
		{ ",\"name\":\"x\"", "name", "x" },
		{ ",\"start_time\":\"" DAY "09:00:00+02:00\"", "start_time",
		    DAY "07:00:00.000000Z" },
		{ ",\"end_time\":\"soon\"", "end_time", "null" },
		{ ",\"event_type\":\"t\"", "event_type_uri", "t" },
		{ ",\"location\":{\"type\":\"zoom\",\"data\":{\"password\":1},"
		    "\"join_url\":\"j\",\"status\":7}", "location",
		    "{\"type\":\"zoom\",\"status\":\"7\",\"join_url\":\"j\","
		    "\"location\":null,\"additional_info\":null}" },
		{ ",\"location\":\"there\"", "location", "null" },
		{ ",\"event_memberships\":[{\"user\":\"u\",\"user_name\":"
		    "\"n\",\"user_email\":\"e\"},7,null]", "hosts",
		    "[{\"user_uri\":\"u\",\"email\":\"e\",\"name\":\"n\"}]" },
		{ ",\"event_guests\":{\"email\":\"g\"}", "guests", "[]" },
		{ ",\"event_guests\":[{\"email\":\"g\",\"x\":1}]", "guests",
		    "[{\"email\":\"g\"}]" },
		{ ",\"invitees_counter\":{\"total\":2,\"active\":\"1\","
		    "\"limit\":1.5}", "invitees_counter",
		    "{\"total\":2,\"active\":null,\"limit\":null}" },
		{ ",\"meeting_notes_plain\":\"n\"", "notes", "n" },
		{ "", "created_at", "null" },
	};
	size_t	 i;

	(void)state;
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		assert_string_equal(meeting_at(fields[i].said,
		    fields[i].path), fields[i].shown);
}

static void
an_invitees_fields_are_in_their_places(void **state)
{
	static const struct field	fields[] = {
		{ ",\"name\":\"a\\u0000b\"", "name", "a" },
		{ ",\"first_name\":null", "first_name", "null" },
		{ ",\"email\":12.50", "email", "12.50" },
		{ ",\"timezone\":true", "timezone", "null" },
		{ ",\"questions_and_answers\":[{\"question\":\"q\",\"answer\":"
		    "\"a\",\"position\":3}]", "questions_and_answers",
		    "[{\"question\":\"q\",\"answer\":\"a\",\"position\":3}]" },
		{ ",\"tracking\":{\"utm_source\":\"s\"}",
		    "tracking.utm_source", "s" },
		{ ",\"payment\":{\"amount\":12.50}", "payment.amount",
		    "12.50" },
		{ ",\"payment\":{\"amount\":\"12.50\"}", "payment.amount",
		    "12.50" },
		{ ",\"payment\":{\"successful\":true}", "payment.successful",
		    "true" },
		{ ",\"payment\":null", "payment", "null" },
		{ ",\"reconfirmation\":{\"created_at\":\"" DAY
		    "10:00:00Z\"}", "reconfirmation",
		    "{\"created_at\":\"" DAY "10:00:00.000000Z\","
		    "\"confirmed_at\":null}" },
		{ ",\"invitee_scheduled_by\":\"u\"", "scheduled_by", "u" },
		{ ",\"old_invitee\":\"https://x.example/a b\"",
		    "rescheduled_from", "null" },
		{ ",\"old_invitee\":\"https://calendly.com/invitees/"
		    "ABCDEFGHIJKLMNO7\"", "rescheduled_from.meeting_id",
		    "null" },
	};
	size_t	 i;

	(void)state;
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		assert_string_equal(invitee_at(fields[i].said,
		    fields[i].path), fields[i].shown);
}

#define USER(id)	"\"user\":\"" API "/users/" id "\""
#define SHOWN(id, more)	"{\"user_uri\":\"" API "/users/" id "\"," more	\
	"}"

static void
a_host_who_is_listed_twice_is_one(void **state)
{
	static const char	said[] = ",\"event_memberships\":["
	    "{" USER("ABCDEFGHIJKLMNO1") ",\"user_email\":null},"
	    "{" USER("ABCDEFGHIJKLMNO2") ",\"user_name\":\"n2\"},"
	    "{\"user_name\":\"somebody\"},"
	    "{\"user\":\"https://calendly.com/users/ABCDEFGHIJKLMNO1\","
	    "\"user_email\":\"e1\",\"user_name\":\"n1\"},"
	    "{\"user_name\":\"somebody\"},"
	    "{" USER("ABCDEFGHIJKLMNO2") ",\"user_name\":\"x\"}]";

	(void)state;
	assert_string_equal(meeting_at(said, "hosts"), "["
	    SHOWN("ABCDEFGHIJKLMNO1", "\"email\":\"e1\",\"name\":\"n1\"")
	    "," SHOWN("ABCDEFGHIJKLMNO2", "\"email\":null,\"name\":\"n2\"")
	    ",{\"user_uri\":null,\"email\":null,\"name\":\"somebody\"}"
	    ",{\"user_uri\":null,\"email\":null,\"name\":\"somebody\"}]");
}

static void
what_is_too_long_is_cut_where_a_character_ends(void **state)
{
	struct buf	 b;
	const char	*got;
	int		 i;

	(void)state;
	buf_init(&b, mem, 0);
	buf_puts(&b, ",\"name\":\"x");
	for (i = 0; i < 16 * 1024; i++)
		buf_puts(&b, "\xc5\xbe");
	buf_puts(&b, "\"");
	got = invitee_at(b.p, "name");
	assert_int_equal(strlen(got), 16 * 1024 - 1 + 3);
	assert_string_equal(got + strlen(got) - 5, "\xc5\xbe\xe2\x80\xa6");
}

static void
the_meeting_is_found_by_whatever_names_it(void **state)
{
	static const char *const	named[] = {
		I ",\"scheduled_event\":{" E "}",
		I ",\"event\":\"https://calendly.com/x/"
		    "00000000-0000-4000-8000-000000000001\"",
		I ",\"scheduled_event\":7",
	};
	struct sighting	 first = seen("", ""), s;
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		assert_true(sighting_from(arena_printf(mem,
		    "{\"event\":\"invitee.created\",\"payload\":{%s}}",
		    named[i]), &s));
		assert_string_equal(s.meeting_id, first.meeting_id);
		assert_string_equal(s.invitee_id, first.invitee_id);
	}
	assert_false(sighting_from("{\"event\":\"invitee.created\",\"payload\":"
	    "{\"uri\":\"https://calendly.com/invitees/ABCDEFGHIJKLMNO7\"}}",
	    &s));
}

/*
 * The event in the path of the invitee's URI outranks another one that the body
 * names.  If the body names the same event by another URI, that URI is shown.
 */
static void
the_invitees_path_outranks_what_else_names_an_event(void **state)
{
	static const char	other[] = "\"event\":\"" API
	    "/scheduled_events/00000000-0000-4000-8000-000000000002\"";
	static const char	web[] = "\"event\":\"https://calendly.com/"
	    "scheduled_events/00000000-0000-4000-8000-000000000001\"";
	struct sighting	 first = seen("", ""), s;

	(void)state;
	assert_true(sighting_from(arena_printf(mem, "{\"event\":"
	    "\"invitee.created\",\"payload\":{" I ",%s}}", other), &s));
	assert_string_equal(s.meeting_id, first.meeting_id);
	assert_string_equal(shown_at(json_of(s.meeting.text), "calendly_uri"),
	    API "/scheduled_events/00000000-0000-4000-8000-000000000001");
	assert_true(sighting_from(arena_printf(mem, "{\"event\":"
	    "\"invitee.created\",\"payload\":{" I ",%s}}", web), &s));
	assert_string_equal(s.meeting_id, first.meeting_id);
	assert_string_equal(shown_at(json_of(s.meeting.text), "calendly_uri"),
	    "https://calendly.com/scheduled_events/"
	    "00000000-0000-4000-8000-000000000001");
}

/*
 * A body that lacks the invitee's own times or the envelope's gets a lower
 * version than one that has them, so that it can be replaced.
 */
static void
what_tells_no_time_yields_to_what_does(void **state)
{
	static const char	at[] = ",\"updated_at\":\"" DAY "10:00:00Z\"";
	static const char	timeless[] = "{\"event\":\"invitee.canceled\","
	    "\"payload\":{" I "%s,\"scheduled_event\":{" E "%s}}}";
	struct sighting	 with = seen(at, at), without = seen("", at), s;

	(void)state;
	assert_true(strcmp(without.meeting.version, with.meeting.version) < 0);
	assert_true(sighting_from(body("invitee.canceled", at, at), &with));
	assert_true(sighting_from(arena_printf(mem, timeless, at, at), &s));
	assert_true(strcmp(s.invitee.version, with.invitee.version) < 0);
	assert_true(strcmp(s.invitee_canceled.version,
	    with.invitee_canceled.version) < 0);
	assert_true(sighting_from(arena_printf(mem, timeless, "", at), &s));
	assert_true(strcmp(s.meeting.version, without.meeting.version) < 0);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(a_meetings_fields_are_in_their_places),
		promise(an_invitees_fields_are_in_their_places),
		promise(a_host_who_is_listed_twice_is_one),
		promise(what_is_too_long_is_cut_where_a_character_ends),
		promise(the_meeting_is_found_by_whatever_names_it),
		promise(the_invitees_path_outranks_what_else_names_an_event),
		promise(what_tells_no_time_yields_to_what_does),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return crypto_init() != CAL_OK ||
	    cmocka_run_group_tests(tests, NULL, NULL);
}
