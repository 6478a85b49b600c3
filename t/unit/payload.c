/*
 * payload: tests of app/calendly/payload.h: what a delivery is known by, and
 * what of its content is shown.
 */
#include "t/unit/helper.h"

#include <stdbool.h>

#include "app/calendly/payload.h"

#define A	"3c9e4e9f-21c0-4bb4-a5d5-1d5a6b0f2a77"
#define B	"ABCDEFGHIJKLMNO7"
#define URI(x)	"\"uri\":\"https://api.calendly.com/things/" x "\""

/*
 * Returns a body with an event of this kind, created at this second, about this
 * payload.
 */
static const char *
envelope(const char *kind, const char *second, const char *payload)
{
	return arena_printf(mem, "{\"event\":\"%s\",\"created_at\":"
	    "\"2026-11-20T10:00:%sZ\",\"payload\":{%s}}", kind, second,
	    payload);
}

static struct payload
payload_of(const char *text)
{
	struct payload	p;

	payload_read(mem, (struct bytes){ text, strlen(text) }, &p);
	return p;
}

static struct bytes
known(const char *text)
{
	struct payload	p = payload_of(text);

	return payload_known(mem, &p, (struct bytes){ text, strlen(text) });
}

static bool
same(const char *a, const char *b)
{
	struct bytes	x = known(a), y = known(b);

	return x.n == y.n && memcmp(x.p, y.p, x.n) == 0;
}

/*
 * The ids of stored events were made from these bytes since the first version,
 * so they must never change.
 */
static void
is_known_by_parts_that_each_end(void **state)
{
	static const char	*const body[] = {
		"{\"event\":\"invitee.created\",\"payload\":{" URI(A) "}}",
		"{\"event\":\"event_type.updated\",\"payload\":{" URI(A)
		    ",\"updated_at\":\"now\"}}",
		"{\"event\":\"x.y\",\"payload\":{}}", "?",
	};
	static const char	 one[] = "invitee.created\0" A "\0";
	static const char	 two[] = "event_type.updated\0" A "\0now";
	static const char	 three[] = "x.y\0{\"event\":\"x.y\","
				    "\"payload\":{}}";
	const struct bytes	 parts[4] = {
		{ one, sizeof(one) }, { two, sizeof(two) },
		{ three, sizeof(three) - 1 }, { "\0?", 2 }
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(known(body[i]).n, parts[i].n);
		assert_memory_equal(known(body[i]).p, parts[i].p, parts[i].n);
	}
}

/*
 * For these kinds a subject has only one such event, so the event is known by
 * its subject, and nothing else in the body counts.
 */
static void
one_of_a_kind_is_known_by_its_subject(void **state)
{
	static const struct {
		const char	*kind, *open, *close;
	} k[] = {
		{ "invitee.created", "", "" },
		{ "invitee.canceled", "", "" },
		{ "routing_form_submission.created", "", "" },
		{ "event_type.created", "", "" },
		{ "event_type.deleted", "", "" },
		{ "contact.created", "\"contact\":{", "}" },
		{ "contact.deleted", "\"contact\":{", "}" },
		{ "meeting_recap.created", "\"recap\":{", "}" },
		{ "meeting_recap.deleted", "\"recap\":{", "}" },
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(k) / sizeof(k[0]); i++) {
		const char	*a = arena_printf(mem, "%s%s,\"updated_at\":"
		    "\"1\"%s", k[i].open, URI(A), k[i].close);
		const char	*again = arena_printf(mem, "\"x\":[1],%s%s%s",
		    k[i].open, URI(A), k[i].close);
		const char	*b = arena_printf(mem, "%s%s%s", k[i].open,
		    URI(B), k[i].close);

		assert_true(same(envelope(k[i].kind, "00", a),
		    envelope(k[i].kind, "01", again)));
		assert_false(same(envelope(k[i].kind, "00", a),
		    envelope(k[i].kind, "00", b)));
	}
}

static void
kinds_are_told_apart(void **state)
{
	(void)state;
	assert_false(same(envelope("invitee.created", "00", URI(A)),
	    envelope("invitee.canceled", "00", URI(A))));
}

static void
an_update_is_known_by_its_time(void **state)
{
	static const struct {
		const char	*kind, *open, *close;
	} k[] = {
		{ "event_type.updated", "", "" },
		{ "contact.updated", "\"contact\":{", "}" },
		{ "meeting_recap.updated", "\"recap\":{", "}" },
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(k) / sizeof(k[0]); i++) {
		const char	*one = arena_printf(mem, "%s%s,\"updated_at\":"
		    "\"2026-01-01T00:00:00Z\"%s", k[i].open, URI(A),
		    k[i].close);
		const char	*two = arena_printf(mem, "%s%s,\"updated_at\":"
		    "\"2026-01-02T00:00:00Z\"%s", k[i].open, URI(A),
		    k[i].close);

		assert_true(same(envelope(k[i].kind, "00", one),
		    envelope(k[i].kind, "01", one)));
		assert_false(same(envelope(k[i].kind, "00", one),
		    envelope(k[i].kind, "00", two)));
	}
}

static void
a_no_show_is_known_by_its_own_uri_else_by_its_time(void **state)
{
	static const char *const	kind[] = {
		"invitee_no_show.created", "invitee_no_show.deleted",
	};
	static const char	first[] = URI(A) ",\"no_show\":{" URI(A) "}";
	static const char	second[] = URI(A) ",\"no_show\":{" URI(B) "}";
	static const char	bare[] = URI(A) ",\"no_show\":null";
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(kind) / sizeof(kind[0]); i++) {
		assert_true(same(envelope(kind[i], "00", first),
		    envelope(kind[i], "01", first)));
		assert_false(same(envelope(kind[i], "00", first),
		    envelope(kind[i], "00", second)));
		assert_true(same(envelope(kind[i], "00", bare),
		    envelope(kind[i], "00", bare)));
		assert_false(same(envelope(kind[i], "00", bare),
		    envelope(kind[i], "01", bare)));
	}
}

static void
what_is_not_known_is_known_by_its_bytes(void **state)
{
	(void)state;
	assert_true(same("nonsense", "nonsense"));
	assert_false(same("nonsense", "nonsense "));
	assert_false(same(envelope("x.y", "00", URI(A)),
	    envelope("x.y", "01", URI(A))));
	assert_null(payload_of(envelope("x.y", "00", "")).flaw);
	assert_string_equal(payload_of(envelope("x.y", "00", "")).kind, "x.y");
}

static void
a_kind_cannot_pass_for_one_of_our_own(void **state)
{
	static const char *const	ours[] = {
		"connection.disconnected", "meeting.changed",
		"webhook.unreadable"
	};
	size_t				i;

	(void)state;
	for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		assert_non_null(payload_of(envelope(ours[i], "00", "")).flaw);
	assert_null(payload_of(envelope("meeting_recap.x", "00", "")).flaw);
}

static void
what_cannot_be_read_has_a_flaw_and_no_kind(void **state)
{
	static const char *const	bad[] = {
		"", "x", "[]", "1", "null", "{}", "{\"event\":\"a.b\"}",
		"{\"event\":\"a.b\",\"payload\":[]}",
		"{\"event\":1,\"payload\":{}}", "{\"payload\":{}}",
		"{\"event\":\"\",\"payload\":{}}",
		"{\"event\":\"a\",\"payload\":{}}",
		"{\"event\":\".b\",\"payload\":{}}",
		"{\"event\":\"a.\",\"payload\":{}}",
		"{\"event\":\"A.b\",\"payload\":{}}",
		"{\"event\":\"a.b c\",\"payload\":{}}",
		"{\"event\":\"a.b\\u0000\",\"payload\":{}}",
		"{\"event\":\"invitee.created\",\"payload\":{}}",
		"{\"event\":\"invitee.created\",\"payload\":{\"uri\":1}}",
		"{\"event\":\"invitee.created\",\"payload\":{\"uri\":\"me\"}}",
		"{\"event\":\"contact.created\",\"payload\":{" URI(A) "}}",
		"{\"event\":\"a.b\",\"payload\":{}}}",
	};
	struct payload	p;
	size_t		i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		p = payload_of(bad[i]);
		if (p.flaw == NULL || p.kind != NULL)
			fail_msg("read: %s", bad[i]);
	}
	p = payload_of(arena_printf(mem, "{\"event\":\"a.%064d\","
	    "\"payload\":{}}", 0));
	assert_non_null(p.flaw);
}

static void
a_time_that_cannot_be_stored_is_none(void **state)
{
	(void)state;
	assert_non_null(payload_of(envelope("a.b", "00", "")).created_at);
	assert_null(payload_of(envelope("a.b", "61", "")).created_at);
	assert_null(payload_of(envelope("a.b", "61", "")).flaw);
}

static void
the_content_is_the_payload_less_passwords_of_rooms(void **state)
{
	struct payload	p = payload_of("{\"event\":\"a.b\",\"payload\":"
	    "{\"a\":1.50,\"b\":null,\"password\":\"x\",\"c\":[{\"d\":\"\\u0000"
	    "\",\"PSTN_Password\":{\"x\":1},\"passcode\":1}]}}");

	(void)state;
	assert_string_equal(payload_content(mem, &p),
	    "{\"a\":1.50,\"b\":null,\"c\":[{\"d\":\"\\u0000\"}]}");
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(is_known_by_parts_that_each_end),
		promise(one_of_a_kind_is_known_by_its_subject),
		promise(kinds_are_told_apart),
		promise(an_update_is_known_by_its_time),
		promise(a_no_show_is_known_by_its_own_uri_else_by_its_time),
		promise(what_is_not_known_is_known_by_its_bytes),
		promise(a_kind_cannot_pass_for_one_of_our_own),
		promise(what_cannot_be_read_has_a_flaw_and_no_kind),
		promise(a_time_that_cannot_be_stored_is_none),
		promise(the_content_is_the_payload_less_passwords_of_rooms),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
