/*
 * listen: tests of app/ctl/listen_page.h, listen_since.h and listen_words.h:
 * pages of the feed are cut into events, byte for byte, and answers are put
 * into words.
 */
#include "t/unit/helper.h"

#include "app/ctl/listen_page.h"
#include "app/ctl/listen_since.h"
#include "app/ctl/listen_words.h"
#include "lib/http.h"
#include "lib/when.h"

#define EVENT	"{\"id\":\"e-1\",\"type\":\"meeting.changed\"}"

static struct listen_page	page;

static const char *
fault_of(const char *text)
{
	return listen_page_read(mem, text, strlen(text), &page);
}

/* Returns the text of a page with these events. */
static const char *
page_with(const char *events)
{
	return arena_printf(mem, "{\"data\":[%s],\"next\":\"eMQ\","
	    "\"more\":false}", events);
}

static void
an_event_keeps_its_bytes(void **state)
{
	static const char *const	events[] = {
		EVENT,
		"{ \"type\" :\t\"x\" ,\"id\":\"e-1\", \"n\": 1.50e+3 }",
		"{\"id\":\"e-1\",\"type\":\"x\",\"data\":{\"a\":\"\\\"}]\\\\\","
		    "\"b\":[[],{}, \"{[\"]}}",
		"{\"id\":\"e-1\",\"type\":\"\\u0041\\/\",\"d\":\"\xc3\xa9\"}",
	};
	size_t				i;

	(void)state;
	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		assert_null(fault_of(page_with(arena_printf(mem,
		    " %s , %s\n", events[i], EVENT))));
		assert_int_equal(page.n, 2);
		assert_string_equal(page.events[0].json.p, events[i]);
		assert_int_equal(page.events[0].json.n, strlen(events[i]));
		assert_string_equal(page.events[1].json.p, EVENT);
	}
}

static void
a_page_is_read_wherever_its_members_stand(void **state)
{
	(void)state;
	assert_null(fault_of(" { \"new\" : {\"data\":[1]} , \"more\":true,"
	    "\"next\":\"eMg\",\n\"data\" : [ ] } "));
	assert_int_equal(page.n, 0);
	assert_true(page.more);
	assert_string_equal(page.next, "eMg");
	assert_null(fault_of(page_with("{\"id\":\"e-1\",\"type\":\"t\","
	    "\"user_id\":\"u1\",\"received_at\":\"2026-11-22T17:11:40+01:00\","
	    "\"data\":{\"change\":\"created\"}}")));
	assert_string_equal(page.events[0].user_id, "u1");
	assert_string_equal(page.events[0].received_at,
	    "2026-11-22T16:11:40.000000Z");
	assert_string_equal(page.events[0].change, "created");
}

static void
what_is_no_page_is_refused(void **state)
{
	static const char *const	bad[] = {
		"", "<html>", "[]", "null", "{\"data\":[", "{}",
		"{\"data\":{},\"next\":\"e\",\"more\":false}",
		"{\"data\":[],\"next\":null,\"more\":false}",
		"{\"data\":[],\"next\":\"\",\"more\":false}",
		"{\"data\":[],\"next\":\"e\",\"more\":1}",
		"{\"d\\u0061ta\":[{\"id\":\"e\",\"type\":\"t\"}],"
		    "\"next\":\"e\",\"more\":false}",
	};
	static const char *const	bad_events[] = {
		"1", "[]", "null", "{}", "{\"id\":\"e-1\"}", "{\"type\":\"x\"}",
		"{\"id\":\"\",\"type\":\"x\"}", "{\"id\":5,\"type\":\"x\"}",
		"{\"id\":\"a\\r\\nb: c\",\"type\":\"x\"}",
		"{\"id\":\"\xc3\xa9\",\"type\":\"x\"}",
		"{\"id\":\"e-1\",\"type\":\"x\"},1",
	};
	size_t				i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_non_null(fault_of(bad[i]));
	for (i = 0; i < sizeof(bad_events) / sizeof(bad_events[0]); i++)
		assert_non_null(fault_of(page_with(bad_events[i])));
}

static enum listen_start
start_of(const char *text, struct listen_since *s)
{
	assert_true(listen_since_read(mem, text, s));
	return s->start;
}

static void
a_beginning_is_a_word_a_time_or_a_cursor(void **state)
{
	struct listen_since	 s;

	(void)state;
	assert_int_equal(start_of(NULL, &s), LISTEN_NOW);
	assert_int_equal(start_of("now", &s), LISTEN_NOW);
	assert_int_equal(start_of("oldest", &s), LISTEN_OLDEST);
	assert_int_equal(start_of("eMTg0Mg", &s), LISTEN_CURSOR);
	assert_string_equal(s.cursor, "eMTg0Mg");
	assert_int_equal(start_of("2026-11-22T18:00:00+01:00", &s),
	    LISTEN_TIME);
	assert_string_equal(s.time, "2026-11-22T17:00:00.000000Z");
	assert_int_equal(start_of("90m", &s), LISTEN_TIME);
	assert_in_range(when_age(s.time), 5400 - 1, 5400 + 60);
	assert_int_equal(start_of("2d", &s), LISTEN_TIME);
	assert_in_range(when_age(s.time), 172800 - 1, 172800 + 60);
}

static void
any_other_beginning_is_refused(void **state)
{
	static const char *const	bad[] = {
		"", "1", "1x", "1h30m", "0h", "99999d", "123456s", "-1h",
		"2026-11-22", "2026-11-22T17:00:00", "e MQ", "e&limit=1", "%65",
	};
	struct listen_since		 s;
	size_t				 i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(listen_since_read(mem, bad[i], &s));
}

static void
a_line_is_plain_text(void **state)
{
	const struct listen_event	ev = {
		.type = "x\033[2J", .user_id = "u1", .change = "a\nb",
		.received_at = "2026-11-22T17:11:40.671000Z",
	};
	const struct listen_event	bare = { .type = "t" };

	(void)state;
	assert_string_equal(listen_line(mem, &ev, "204"),
	    "2026-11-22 17:11:40Z  x?[2J a?b                   "
	    "u1                204");
	assert_string_equal(listen_line(mem, &bare, ""),
	    "-  t                           -");
}

/* Returns what is said of a receiver's answer. */
static const char *
refusal(int status, const char *body)
{
	const struct http_header	 headers[] = {
		{ "Location", "/there\033" }, { NULL, NULL }
	};
	const struct http_reply		 r = {
		.fate = HTTP_ANSWERED, .status = status, .body = body,
		.bodysz = strlen(body), .headers = headers,
	};

	return listen_refused(mem, &r);
}

static void
a_refusal_says_what_to_do(void **state)
{
	(void)state;
	assert_non_null(strstr(refusal(302, ""), "to /there? is not followed"));
	assert_non_null(strstr(refusal(401, ""), "secret"));
	assert_non_null(strstr(refusal(404, ""), "path"));
	assert_string_equal(refusal(500, "  boom\007\n"),
	    "it says \"boom?\"");
	assert_string_equal(refusal(500, "<html>boom"), "");
	assert_string_equal(refusal(500, "\xff\xfe"), "");
	assert_in_range(strlen(refusal(500, arena_printf(mem, "%0500d", 1))),
	    100, 160);
}

/* Returns what is said of the API's answer. */
static const char *
denial(int status, const char *body)
{
	const struct http_reply	 r = {
		.fate = HTTP_ANSWERED, .status = status, .body = body,
		.bodysz = strlen(body),
	};

	return listen_denied(mem, &r);
}

static void
a_denial_names_the_option_or_the_way_out(void **state)
{
	(void)state;
	assert_non_null(strstr(denial(401, ""), "key add"));
	assert_non_null(strstr(denial(403, "<html>"), "nginx"));
	assert_non_null(strstr(denial(404, "no"), "--url"));
	assert_non_null(strstr(denial(302, ""), "--url"));
	assert_non_null(strstr(denial(400, "{\"code\":\"invalid_request\","
	    "\"errors\":[{\"field\":\"user_id\",\"message\":\"is odd\"}]}"),
	    "--user is odd"));
	assert_non_null(strstr(denial(400, "{\"detail\":\"as it is\"}"),
	    "as it is"));
	assert_non_null(denial(400, "not JSON"));
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(an_event_keeps_its_bytes),
		promise(a_page_is_read_wherever_its_members_stand),
		promise(what_is_no_page_is_refused),
		promise(a_beginning_is_a_word_a_time_or_a_cursor),
		promise(any_other_beginning_is_refused),
		promise(a_line_is_plain_text),
		promise(a_refusal_says_what_to_do),
		promise(a_denial_names_the_option_or_the_way_out),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
