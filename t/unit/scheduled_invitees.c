/*
 * scheduled_invitees: tests of app/calendly/scheduled_invitees.h: a list of
 * invitees is read to its end, and no list is read without an end.
 */
#include "t/unit/calendly_server.h"

#include "app/calendly/scheduled_invitees.h"
#include "lib/json.h"

#define EVENT		API "/scheduled_events/E"
#define GET(query)	"GET /scheduled_events/E/invitees?count=" query \
			    " HTTP"
#define PERSON(id)	"{\"uri\":\"" EVENT "/invitees/" id "\"}"
#define PAGE(list, next) "{\"collection\":[" list "],\"pagination\":" \
			    "{\"next_page_token\":" next "}}"

static enum cal_err
read_all(const struct canned *all, struct scheduled_invitees *out)
{
	answer_with(all);
	return scheduled_invitees(by, token, EVENT, out);
}

/* The ids of what was read, each followed by a blank. */
static const char *
ids(const struct scheduled_invitees *got)
{
	struct buf	 b;
	size_t		 i;

	buf_init(&b, mem, 0);
	for (i = 0; i < got->n; i++)
		(void)buf_printf(&b, "%s ",
		    strrchr(json_text(got->all[i], "uri"), '/') + 1);
	return b.n == 0 ? "" : b.p;
}

static void
all_pages_are_read(void **state)
{
	const struct canned	 all[] = {
		{ GET("100"), "200 OK", PAGE(PERSON("A") "," PERSON("B"),
		    "\"t/2\"") },
		{ GET("100&page_token=t%2F2"), "200 OK", PAGE("", "\"t3\"") },
		{ GET("100&page_token=t3"), "200 OK",
		    PAGE("null," PERSON("C") ",{}", "null") },
		{ NULL }
	};
	struct scheduled_invitees got;

	(void)state;
	assert_int_equal(read_all(all, &got), CAL_OK);
	assert_string_equal(ids(&got), "A B C ");
	assert_int_equal(got.unread, 2);
	assert_true(got.whole);
	assert_int_equal(seen->requests, 3);
}

static void
a_page_that_repeats_itself_is_the_end(void **state)
{
	const struct canned	 all[] = {
		{ GET("100"), "200 OK", PAGE(PERSON("A"), "\"2\"") },
		{ GET("100&page_token=2"), "200 OK", PAGE(PERSON("B"),
		    "\"3\"") },
		{ GET("100&page_token=3"), "200 OK", PAGE(PERSON("A"),
		    "\"2\"") },
		{ NULL }
	};
	struct scheduled_invitees got;

	(void)state;
	assert_int_equal(read_all(all, &got), CAL_OK);
	assert_string_equal(ids(&got), "A B ");
	assert_true(got.whole);
	assert_int_equal(seen->requests, 3);
}

static void
a_token_that_repeats_itself_is_the_end(void **state)
{
	const struct canned	 all[] = {
		{ GET("100"), "200 OK", PAGE(PERSON("A"), "\"2\"") },
		{ GET("100&page_token=2"), "200 OK", PAGE(PERSON("B"),
		    "\"2\"") },
		{ NULL }
	};
	struct scheduled_invitees got;

	(void)state;
	assert_int_equal(read_all(all, &got), CAL_OK);
	assert_string_equal(ids(&got), "A B ");
	assert_int_equal(seen->requests, 2);
}

static void
a_list_without_end_is_left_after_fifty_calls(void **state)
{
	const struct canned	 all[] = {
		{ "page_token=2 ", "200 OK", PAGE("", "\"3\"") },
		{ "GET ", "200 OK", PAGE("", "\"2\"") },
		{ NULL }
	};
	struct scheduled_invitees got;

	(void)state;
	assert_int_equal(read_all(all, &got), CAL_OK);
	assert_int_equal(got.n, 0);
	assert_false(got.whole);
	assert_int_equal(seen->requests, 50);
}

/* A page of this many people. */
static const char *
crowd(int n)
{
	struct buf	 b;
	int		 i;

	buf_init(&b, mem, 0);
	(void)buf_puts(&b, "{\"collection\":[");
	for (i = 0; i < n; i++)
		(void)buf_printf(&b, "%s{\"uri\":\"" EVENT "/invitees/I%d\"}",
		    i == 0 ? "" : ",", i);
	(void)buf_puts(&b, "]}");
	return b.p;
}

/* The crowd, before what this token names. */
static const char *
crowd_before(int n, const char *next)
{
	const char	*all = crowd(n);

	return arena_printf(mem, "%.*s,\"pagination\":{\"next_page_token\":"
	    "\"%s\"}}", (int)strlen(all) - 1, all, next);
}

static void
a_full_page_that_leads_to_itself_may_hide_some(void **state)
{
	struct canned		 all[] = {
		{ GET("100"), "200 OK", NULL },
		{ GET("100&page_token=2"), "200 OK", NULL },
		{ NULL }
	};
	struct scheduled_invitees got;

	(void)state;
	all[0].body = crowd_before(100, "2");
	all[1].body = crowd_before(100, "3");
	assert_int_equal(read_all(all, &got), CAL_OK);
	assert_int_equal(got.n, 100);
	assert_false(got.whole);
	all[0].body = crowd_before(99, "2");
	all[1].body = crowd_before(99, "3");
	assert_int_equal(read_all(all, &got), CAL_OK);
	assert_int_equal(got.n, 99);
	assert_true(got.whole);
	all[0].body = PAGE(PERSON("A"), "\"2\"");
	all[1].body = crowd_before(100, "2");
	assert_int_equal(read_all(all, &got), CAL_OK);
	assert_int_equal(got.n, 101);
	assert_false(got.whole);
}

static void
one_invitee_is_asked_for(void **state)
{
	const struct canned	 all[] = {
		{ "GET /scheduled_events/E/invitees/A HTTP", "200 OK",
		    "{\"resource\":" PERSON("A") "}" },
		{ "/invitees/B ", "404 Not Found", "{}" },
		{ "/invitees/C ", "410 Gone", "{}" },
		{ "/invitees/D ", "403 Forbidden", "{}" },
		{ "/invitees/F ", "200 OK", "{\"resource\":null}" },
		{ NULL }
	};
	static const struct {
		const char	*id;
		enum cal_err	 rc;
	} who[] = {
		{ "A", CAL_OK }, { "B", CAL_NOTFOUND }, { "C", CAL_NOTFOUND },
		{ "D", CAL_DENIED }, { "F", CAL_UPSTREAM },
		{ "", CAL_INVALID },
	};
	size_t			 i;

	(void)state;
	answer_with(all);
	for (i = 0; i < sizeof(who) / sizeof(who[0]); i++)
		assert_int_equal(scheduled_invitee(by, token, EVENT,
		    arena_printf(mem, EVENT "/invitees/%s", who[i].id)),
		    who[i].rc);
	assert_int_equal(scheduled_invitee(by, token, "", EVENT "/invitees/A"),
	    CAL_INVALID);
	assert_int_equal(seen->requests, 5);
}

static void
more_than_five_thousand_are_not_taken(void **state)
{
	const struct canned	 all[] = {
		{ "GET ", "200 OK", crowd(5001) }, { NULL }
	};
	struct scheduled_invitees got;

	(void)state;
	assert_int_equal(read_all(all, &got), CAL_OK);
	assert_int_equal(got.n, 5000);
	assert_false(got.whole);
}

/* A page is a few kilobytes, but each of its values takes memory. */
static void
pages_of_nothing_but_values_are_not_read_for_long(void **state)
{
	struct canned		 all[] = {
		{ "page_token=2 ", "200 OK", NULL },
		{ "GET ", "200 OK", NULL },
		{ NULL }
	};
	struct scheduled_invitees got;
	struct buf		 b;
	int			 i;

	(void)state;
	buf_init(&b, mem, 0);
	for (i = 0; i < 40 * 1000; i++)
		(void)buf_puts(&b, "1,");
	all[0].body = arena_printf(mem, PAGE("%s1", "\"3\""), b.p);
	all[1].body = arena_printf(mem, PAGE("%s1", "\"2\""), b.p);
	assert_int_equal(read_all(all, &got), CAL_OK);
	assert_false(got.whole);
	assert_int_equal(seen->requests, 10);
}

static void
pages_that_are_too_big_are_asked_for_smaller(void **state)
{
	const struct canned	 all[] = {
		{ GET("100"), "200 OK", PAGE(PERSON("A"), "\"2\"") },
		{ GET("100&page_token=2"), "200 OK", crowd(20 * 1000) },
		{ GET("20"), "200 OK", PAGE(PERSON("A"), "\"2\"") },
		{ GET("20&page_token=2"), "200 OK", PAGE(PERSON("B"),
		    "null") },
		{ NULL }
	};
	struct scheduled_invitees got;

	(void)state;
	assert_int_equal(read_all(all, &got), CAL_OK);
	assert_string_equal(ids(&got), "A B ");
	assert_true(got.whole);
}

static void
what_is_too_big_in_every_size_is_an_error(void **state)
{
	const struct canned	 all[] = {
		{ "GET ", "200 OK", crowd(20 * 1000) }, { NULL }
	};
	struct scheduled_invitees got;

	(void)state;
	assert_int_equal(read_all(all, &got), CAL_UPSTREAM);
	assert_int_equal(seen->requests, 3);
}

static void
an_event_that_is_gone_has_no_invitees(void **state)
{
	const struct canned	 all[] = {
		{ "/G/", "410 Gone", "{}" },
		{ "/N/", "404 Not Found", "{}" },
		{ "/O/", "200 OK", "{}" },
		{ NULL }
	};
	struct scheduled_invitees got;

	(void)state;
	answer_with(all);
	assert_int_equal(scheduled_invitees(by, token, API
	    "/scheduled_events/G", &got), CAL_NOTFOUND);
	assert_int_equal(scheduled_invitees(by, token, API
	    "/scheduled_events/N", &got), CAL_NOTFOUND);
	assert_int_equal(scheduled_invitees(by, token, API
	    "/scheduled_events/O", &got), CAL_UPSTREAM);
	assert_int_equal(scheduled_invitees(by, token, API
	    "/scheduled_events/", &got), CAL_INVALID);
}

static void
a_token_that_dies_between_pages_is_no_fault_of_ours(void **state)
{
	const struct canned	 all[] = {
		{ GET("100"), "200 OK", PAGE(PERSON("A"), "\"2\"") },
		{ GET("100&page_token=2"), "400 Bad Request", "{}" },
		{ NULL }
	};
	struct scheduled_invitees got;

	(void)state;
	assert_int_equal(read_all(all, &got), CAL_UPSTREAM);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		calendly(all_pages_are_read),
		calendly(a_page_that_repeats_itself_is_the_end),
		calendly(a_token_that_repeats_itself_is_the_end),
		calendly(a_list_without_end_is_left_after_fifty_calls),
		calendly(a_full_page_that_leads_to_itself_may_hide_some),
		calendly(one_invitee_is_asked_for),
		calendly(more_than_five_thousand_are_not_taken),
		calendly(pages_of_nothing_but_values_are_not_read_for_long),
		calendly(pages_that_are_too_big_are_asked_for_smaller),
		calendly(what_is_too_big_in_every_size_is_an_error),
		calendly(an_event_that_is_gone_has_no_invitees),
		calendly(a_token_that_dies_between_pages_is_no_fault_of_ours),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, http_start, NULL);
}
