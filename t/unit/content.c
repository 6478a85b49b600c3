/*
 * content: tests of app/calendly/content.h, what is kept of Calendly's meetings
 * and invitees.  Members that are cut or cannot be read are named, so that
 * nothing is left out silently.
 */
#include "t/unit/helper.h"

#include <string.h>
#include <time.h>

#include "app/calendly/content.h"
#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/json.h"

enum {
	TEXT_MAX = 16 * 1024,
	ELLIPSIS = 3,		/* bytes in UTF-8 */
};

static const struct json_caps	caps = { 4 << 20, 32, 50000 };

static const struct json_node *
read_json(const char *text)
{
	const struct json_node	*n;
	const char		*why;

	if (json_parse(mem, text, strlen(text), &caps, &n, &why) != CAL_OK)
		fail_msg("%s: %s", why, text);
	return n;
}

static const struct json_node *
content_of(const char *text, const struct content_field *fields)
{
	struct json	*j = json_new(mem);

	json_object(j, NULL);
	content_put(j, mem, read_json(text), fields);
	json_end(j);
	return read_json(json_done(j, NULL));
}

/* Returns a member as JSON text, or "" if there is none. */
static const char *
member(const struct json_node *n, const char *path)
{
	struct json	*j = json_new(mem);

	if ((n = json_find(n, path)) == NULL)
		return "";
	json_node(j, NULL, n, NULL, NULL);
	return json_done(j, NULL);
}

static const char *
repeated(const char *what, int n)
{
	struct buf	 b;

	buf_init(&b, mem, 0);
	while (n-- > 0)
		(void)buf_puts(&b, what);
	return b.p;
}

static void
an_answer_is_shown_whatever_it_is(void **state)
{
	static const struct {
		const char	*answer, *shown;
	} a[] = {
		{ "true", "\"true\"" }, { "false", "\"false\"" },
		{ "12.50", "\"12.50\"" }, { "null", "null" },
		{ "[]", "\"\"" },
		{ "[\"a\",\"b\",3,true]", "\"a, b, 3, true\"" },
		{ "{\"a\":[1]}", "\"{\\\"a\\\":[1]}\"" },
		{ "[\"a\",[\"b\"]]", "\"[\\\"a\\\",[\\\"b\\\"]]\"" },
	};
	const struct json_node	*n, *first;
	size_t			 i;

	(void)state;
	for (i = 0; i < sizeof(a) / sizeof(a[0]); i++) {
		n = content_of(arena_printf(mem, "{\"questions_and_answers\":"
		    "[{\"answer\":%s}]}", a[i].answer), content_invitee);
		first = json_find(n, "questions_and_answers")->child;
		assert_string_equal(member(first, "answer"), a[i].shown);
		assert_string_equal(member(n, "unreadable"), "");
		assert_string_equal(member(n, "truncated"), "");
	}
}

static void
what_cannot_be_read_is_named(void **state)
{
	static const struct {
		const char	*said, *named;
	} u[] = {
		{ "{}", "" }, { "{\"start_time\":null,\"x\":{}}", "" },
		{ "{\"start_time\":1795946400}", "[\"start_time\"]" },
		{ "{\"start_time\":\"soon\",\"name\":[1]}",
		    "[\"name\",\"start_time\"]" },
		{ "{\"invitees_counter\":{\"total\":1.5,\"active\":1.0,"
		    "\"limit\":{}}}",
		    "[\"invitees_counter.total\",\"invitees_counter.limit\"]" },
		{ "{\"location\":\"there\"}", "[\"location\"]" },
		{ "{\"location\":{\"type\":true}}", "[\"location.type\"]" },
		{ "{\"event_guests\":{}}", "[\"guests\"]" },
		{ "{\"event_guests\":[1,2,null]}", "[\"guests\"]" },
		{ "{\"event_guests\":[null,{\"email\":1}]}", "" },
		{ "{\"event_guests\":[{\"email\":[]},{\"email\":{}}]}",
		    "[\"guests.email\"]" },
	};
	size_t	 i;

	(void)state;
	for (i = 0; i < sizeof(u) / sizeof(u[0]); i++)
		assert_string_equal(member(content_of(u[i].said,
		    content_meeting), "unreadable"), u[i].named);
}

static void
what_is_cut_is_named(void **state)
{
	const char		*text = repeated("\xc5\xbd", TEXT_MAX);
	const struct json_node	*n;

	(void)state;
	n = content_of(arena_printf(mem, "{\"name\":\"x%s\"}", text),
	    content_meeting);
	assert_string_equal(member(n, "truncated"), "[\"name\"]");
	assert_int_equal(json_find(n, "name")->textsz,
	    TEXT_MAX - 1 + ELLIPSIS);
	n = content_of(arena_printf(mem, "{\"name\":\"%.*s\"}", TEXT_MAX,
	    text), content_meeting);
	assert_string_equal(member(n, "truncated"), "");
	n = content_of(arena_printf(mem, "{\"name\":\"\\u0000%s\"}", text),
	    content_meeting);
	assert_int_equal(json_find(n, "name")->textsz,
	    TEXT_MAX - 1 + ELLIPSIS);
	n = content_of(arena_printf(mem, "{\"event_guests\":[%s{}]}",
	    repeated("{},", 99)), content_meeting);
	assert_string_equal(member(n, "truncated"), "");
	n = content_of(arena_printf(mem, "{\"event_guests\":[%s{}]}",
	    repeated("{},", 100)), content_meeting);
	assert_string_equal(member(n, "truncated"), "[\"guests\"]");
}

static void
long_answers_are_cut_and_named(void **state)
{
	const char		*list, *one;
	const struct json_node	*n;

	(void)state;
	one = arena_printf(mem, "{\"answer\":[%s0]}",
	    repeated("\"abcdefg\",", 4000));
	n = content_of(arena_printf(mem, "{\"questions_and_answers\":[%s]}",
	    one), content_invitee);
	assert_string_equal(member(n, "truncated"),
	    "[\"questions_and_answers.answer\"]");
	list = repeated(arena_printf(mem, "%s,", one), 5);
	n = content_of(arena_printf(mem, "{\"questions_and_answers\":[%s{}]}",
	    list), content_invitee);
	assert_string_equal(member(n, "truncated"),
	    "[\"questions_and_answers.answer\",\"questions_and_answers\"]");
	assert_true(strlen(member(n, "")) < 80 * 1024);
}

static void
a_delivery_tells_all_that_is_not_read(void **state)
{
	static const struct {
		const char	*said, *words;
	} d[] = {
		{ "{\"x\":[],\"payload\":{\"x\":1}}", NULL },
		{ "{\"created_at\":7,\"payload\":{\"email\":{},"
		    "\"rescheduled\":\"yes\",\"old_invitee\":\"a b\","
		    "\"new_invitee\":null,\"no_show\":{\"created_at\":\"x\"},"
		    "\"scheduled_event\":{\"end_time\":{},\"status\":1.5,"
		    "\"cancellation\":true}}}",
		    "created_at, invitee.email, invitee.rescheduled, "
		    "invitee.old_invitee, invitee.no_show.created_at, "
		    "scheduled_event.end_time, "
		    "scheduled_event.cancellation" },
		{ "{\"payload\":{\"scheduled_event\":\"hunter2\"}}",
		    "scheduled_event" },
	};
	const char	*words;
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(d) / sizeof(d[0]); i++) {
		words = content_unread(mem, read_json(d[i].said),
		    content_delivery);
		if (d[i].words == NULL)
			assert_null(words);
		else
			assert_string_equal(words, d[i].words);
	}
}

/*
 * Code that compares each of the 30,001 hosts with all members of the first
 * would take many seconds, and so exceed the limit of one second below.
 */
static void
a_host_with_thousands_of_members_takes_no_time(void **state)
{
	static const struct json_caps	 wide = { 4 << 20, 32, 200000 };
	const struct json_node		*n;
	const char			*text, *why;
	const clock_t			 began = clock();
	struct json			*j = json_new(mem);

	(void)state;
	text = arena_printf(mem, "{\"event_memberships\":[{\"user\":\"/1\""
	    "%s}%s]}", repeated(",\"k\":0", 30000),
	    repeated(",{\"user\":\"/1\"}", 30000));
	assert_int_equal(json_parse(mem, text, strlen(text), &wide, &n, &why),
	    CAL_OK);
	json_object(j, NULL);
	content_put(j, mem, n, content_meeting);
	json_end(j);
	assert_non_null(strstr(json_done(j, NULL),
	    "\"hosts\":[{\"user_uri\":\"/1\",\"email\":null,"
	    "\"name\":null}]"));
	assert_true(clock() - began < CLOCKS_PER_SEC);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(an_answer_is_shown_whatever_it_is),
		promise(what_cannot_be_read_is_named),
		promise(what_is_cut_is_named),
		promise(long_answers_are_cut_and_named),
		promise(a_delivery_tells_all_that_is_not_read),
		promise(a_host_with_thousands_of_members_takes_no_time),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
