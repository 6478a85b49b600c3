/*
 * scheduled_list: tests of app/calendly/scheduled_list.h: how pages of events,
 * and single ones, are asked for and read.
 */
#include "t/unit/calendly_server.h"

#include "app/calendly/scheduled_list.h"

#define EVENT(id)	API "/scheduled_events/" id
#define USER		API "/users/U"

static const struct scheduled_query query = {
	.user = USER,
	.from = "2026-11-20T09:59:59.000000Z",
	.to = "2027-01-01T00:00:00.000000Z",
};

static enum cal_err
read_page(const char *page_token, struct scheduled_page *page)
{
	struct scheduled_query	 q = query;

	q.page_token = page_token;
	return scheduled_page(by, token, &q, page);
}

/* Reads a page whose reply is this text. */
static enum cal_err
page_of(const char *body, struct scheduled_page *page)
{
	const struct canned	 all[] = {
		{ "GET /scheduled_events?", "200 OK", body }, { NULL }
	};
	enum cal_err		 rc;

	answer_with(all);
	rc = read_page(NULL, page);
	client_free(by.api);
	by.api = NULL;
	stop_server();
	return rc;
}

/* The token of the next page in a reply that ends with this. */
static const char *
next_of(const char *pagination)
{
	struct scheduled_page	 page;

	if (page_of(arena_printf(mem, "{\"collection\":[]%s}", pagination),
	    &page) != CAL_OK)
		return "refused";
	assert_int_equal(page.n, 0);
	return page.next == NULL ? "none" : page.next;
}

static void
events_are_read_with_time_and_text(void **state)
{
	struct scheduled_page	 page;

	(void)state;
	assert_int_equal(page_of("{\"collection\":[{\"uri\":\"" EVENT("A")
	    "\",\"start_time\":\"2026-11-20T11:00:00+01:00\",\"x\":[1.50]},"
	    "{\"uri\":\"" EVENT("B") "/\",\"start_time\":\"soon\"}],"
	    "\"pagination\":{\"next_page_token\":\"T2\"}}", &page), CAL_OK);
	assert_int_equal(page.n, 2);
	assert_int_equal(page.unread, 0);
	assert_string_equal(page.next, "T2");
	assert_string_equal(page.all[0].id, "A");
	assert_string_equal(page.all[0].uri, EVENT("A"));
	assert_string_equal(page.all[0].start_at,
	    "2026-11-20T10:00:00.000000Z");
	assert_string_equal(page.all[0].text, "{\"uri\":\"" EVENT("A") "\","
	    "\"start_time\":\"2026-11-20T11:00:00+01:00\",\"x\":[1.50]}");
	assert_string_equal(page.all[1].id, "B");
	assert_null(page.all[1].start_at);
}

static void
an_entry_that_names_no_event_costs_itself(void **state)
{
	struct scheduled_page	 page;

	(void)state;
	assert_int_equal(page_of("{\"collection\":[null,\"text\",7,{},"
	    "{\"uri\":null},{\"uri\":\"" API "/scheduled_events/\"},"
	    "{\"uri\":\"" EVENT("A") "\"},[]]}", &page), CAL_OK);
	assert_int_equal(page.n, 1);
	assert_int_equal(page.unread, 7);
	assert_string_equal(page.all[0].id, "A");
	assert_null(page.all[0].start_at);
	assert_null(page.next);
}

static void
the_text_of_an_entry_holds_no_nul(void **state)
{
	struct scheduled_page	 page;

	(void)state;
	assert_int_equal(page_of("{\"collection\":[{\"uri\":\"" EVENT("A")
	    "\",\"name\":\"a\\u0000b\\\\u0000\\u001f\"}]}", &page), CAL_OK);
	assert_string_equal(page.all[0].text, "{\"uri\":\"" EVENT("A")
	    "\",\"name\":\"a\\ufffdb\\\\u0000\\u001f\"}");
}

static void
the_text_of_an_entry_holds_no_password(void **state)
{
	struct scheduled_page	 page;

	(void)state;
	assert_int_equal(page_of("{\"collection\":[{\"uri\":\"" EVENT("A")
	    "\",\"location\":{\"data\":{\"password\":\"x\",\"id\":1,"
	    "\"extra\":{\"Passcode\":2}}}}]}", &page), CAL_OK);
	assert_string_equal(page.all[0].text, "{\"uri\":\"" EVENT("A")
	    "\",\"location\":{\"data\":{\"id\":1,\"extra\":{}}}}");
}

static void
every_page_repeats_the_whole_query(void **state)
{
	const struct canned	 all[] = {
		{ "GET /scheduled_events?user=https%3A%2F%2Fapi.calendly.com"
		    "%2Fusers%2FU&sort=start_time%3Aasc&count=100&"
		    "min_start_time=2026-11-20T09%3A59%3A59.000000Z&"
		    "max_start_time=2027-01-01T00%3A00%3A00.000000Z&"
		    "page_token=a%2Fb%3D HTTP/1.1", "200 OK",
		    "{\"collection\":[],\"pagination\":"
		    "{\"next_page_token\":\"third\"}}" },
		{ NULL }
	};
	struct scheduled_page	 page;

	(void)state;
	answer_with(all);
	assert_int_equal(read_page("a/b=", &page), CAL_OK);
	assert_int_equal(page.n, 0);
	assert_string_equal(page.next, "third");
}

static void
a_query_may_have_no_bounds_and_another_size(void **state)
{
	const struct canned	 all[] = {
		{ "U&sort=start_time%3Aasc&count=25 HTTP/1.1", "200 OK",
		    "{\"collection\":[]}" },
		{ NULL }
	};
	const struct scheduled_query q = { .user = USER, .count = 25 };
	struct scheduled_page	 page;

	(void)state;
	answer_with(all);
	assert_int_equal(scheduled_page(by, token, &q, &page), CAL_OK);
}

static void
what_is_no_list_is_no_empty_list(void **state)
{
	static const char *const bodies[] = {
		"{}", "[]", "{\"collection\":null}", "{\"collection\":{}}",
		"", "<html>", "{\"collection\":[",
	};
	struct scheduled_page	 page;
	size_t			 i;

	(void)state;
	for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		assert_int_equal(page_of(bodies[i], &page), CAL_UPSTREAM);
		assert_false(page.too_big);
	}
}

static void
the_next_page_is_where_its_token_says(void **state)
{
	(void)state;
	assert_string_equal(next_of(""), "none");
	assert_string_equal(next_of(",\"pagination\":null"), "none");
	assert_string_equal(next_of(",\"pagination\":{\"next_page\":null,"
	    "\"next_page_token\":null}"), "none");
	assert_string_equal(next_of(",\"pagination\":{\"next_page_token\":"
	    "\"\"}"), "none");
	assert_string_equal(next_of(",\"pagination\":{\"next_page_token\":"
	    "\"T\",\"next_page\":\"https://evil.example/?page_token=E\"}"),
	    "T");
	assert_string_equal(next_of(",\"pagination\":{\"next_page\":"
	    "\"https://calendly.com/scheduled_events?count=1&"
	    "page_token=T%2F1\"}"), "T/1");
}

/* Taking such a page for the last one would lose those that follow. */
static void
a_next_page_that_is_not_understood_is_not_the_end(void **state)
{
	(void)state;
	assert_string_equal(next_of(",\"pagination\":{\"next_page\":"
	    "\"https://evil.example/?page_token=E\"}"), "refused");
	assert_string_equal(next_of(",\"pagination\":{\"next_page\":"
	    "\"https://calendly.com/scheduled_events\"}"), "refused");
	assert_string_equal(next_of(",\"pagination\":{\"next_page_token\":"
	    "{}}"), "refused");
	assert_string_equal(next_of(",\"pagination\":{\"next_page\":true}"),
	    "refused");
}

static void
a_token_that_repeats_itself_is_the_end(void **state)
{
	const struct canned	 all[] = {
		{ "page_token=T", "200 OK", "{\"collection\":[],"
		    "\"pagination\":{\"next_page_token\":\"T\"}}" },
		{ NULL }
	};
	struct scheduled_page	 page;

	(void)state;
	answer_with(all);
	assert_int_equal(read_page("T", &page), CAL_OK);
	assert_null(page.next);
}

static void
a_token_that_has_died_is_told_apart(void **state)
{
	const struct canned	 all[] = {
		{ "GET ", "400 Bad Request",
		    "{\"title\":\"Invalid Argument\"}" },
		{ NULL }
	};
	struct scheduled_page	 page;

	(void)state;
	answer_with(all);
	assert_int_equal(read_page("old", &page), CAL_INVALID);
	assert_true(page.token_refused);
	assert_int_equal(read_page(NULL, &page), CAL_INVALID);
	assert_false(page.token_refused);
}

static void
a_page_over_the_limit_is_told_apart(void **state)
{
	static char		 many[1200 * 1000], long_text[1200 * 1000];
	struct scheduled_page	 page;
	size_t			 n;

	(void)state;
	n = (size_t)snprintf(many, sizeof(many), "{\"collection\":[1");
	for (; n < 120 * 1000; n += 2)
		memcpy(many + n, ",1", 2);
	memcpy(many + n, "]}", 3);
	assert_int_equal(page_of(many, &page), CAL_UPSTREAM);
	assert_true(page.too_big);
	memset(long_text, ' ', sizeof(long_text) - 1);
	assert_int_equal(page_of(long_text, &page), CAL_UPSTREAM);
	assert_true(page.too_big);
}

static void
one_event_is_found_by_its_uri(void **state)
{
	const struct canned	 all[] = {
		{ "GET /scheduled_events/A HTTP", "200 OK", "{\"resource\":"
		    "{\"uri\":\"" EVENT("A") "\",\"start_time\":"
		    "\"2026-11-20T10:00:00Z\"}}" },
		{ "GET /scheduled_events/OTHER HTTP", "200 OK",
		    "{\"resource\":{\"uri\":\"" EVENT("A") "\"}}" },
		{ "GET /scheduled_events/ODD HTTP", "200 OK", "{}" },
		{ "GET /scheduled_events/GONE HTTP", "410 Gone", "{}" },
		{ "GET /scheduled_events/NONE HTTP", "404 Not Found", "{}" },
		{ "GET /scheduled_events/FOREIGN HTTP", "403 Forbidden", "{}" },
		{ NULL }
	};
	struct scheduled_entry	 e;

	(void)state;
	answer_with(all);
	assert_int_equal(scheduled_find(by, token, EVENT("A"), &e), CAL_OK);
	assert_string_equal(e.start_at, "2026-11-20T10:00:00.000000Z");
	assert_string_equal(e.text, "{\"uri\":\"" EVENT("A") "\","
	    "\"start_time\":\"2026-11-20T10:00:00Z\"}");
	assert_int_equal(scheduled_find(by, token, EVENT("OTHER"), &e),
	    CAL_OK);
	assert_string_equal(e.id, "OTHER");
	assert_int_equal(scheduled_find(by, token, EVENT("ODD"), &e),
	    CAL_UPSTREAM);
	assert_int_equal(scheduled_find(by, token, EVENT("GONE"), &e),
	    CAL_NOTFOUND);
	assert_int_equal(scheduled_find(by, token, EVENT("NONE"), &e),
	    CAL_NOTFOUND);
	assert_int_equal(scheduled_find(by, token, EVENT("FOREIGN"), &e),
	    CAL_DENIED);
	assert_int_equal(scheduled_find(by, token, API "/users/me", &e),
	    CAL_INVALID);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		calendly(events_are_read_with_time_and_text),
		calendly(an_entry_that_names_no_event_costs_itself),
		calendly(the_text_of_an_entry_holds_no_nul),
		calendly(the_text_of_an_entry_holds_no_password),
		calendly(every_page_repeats_the_whole_query),
		calendly(a_query_may_have_no_bounds_and_another_size),
		calendly(what_is_no_list_is_no_empty_list),
		calendly(the_next_page_is_where_its_token_says),
		calendly(a_next_page_that_is_not_understood_is_not_the_end),
		calendly(a_token_that_repeats_itself_is_the_end),
		calendly(a_token_that_has_died_is_told_apart),
		calendly(a_page_over_the_limit_is_told_apart),
		calendly(one_event_is_found_by_its_uri),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, http_start, NULL);
}
