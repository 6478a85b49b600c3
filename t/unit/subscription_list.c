/*
 * subscription_list: tests of how the list of subscriptions goes on
 * (app/calendly/subscription.h).
 */
#include "t/unit/calendly_server.h"

#include "app/calendly/subscription.h"

#define PAGE(pagination)	"{\"collection\":[{\"uri\":\"" API	\
	"/webhook_subscriptions/A\"}],\"pagination\":" pagination "}"

/* The token of the next page, "none", or "unusable". */
static const char *
next_of(const char *pagination)
{
	const struct canned	 all[] = {
		{ "GET ", "200 OK", arena_printf(mem, PAGE("%s"), pagination) },
		{ NULL }
	};
	struct subscription_page page = { .next = NULL };
	enum cal_err		 rc;

	answer_with(all);
	rc = subscription_page(by, token, API "/organizations/O", API
	    "/users/U", NULL, &page);
	if (rc == CAL_UPSTREAM)
		return "unusable";
	assert_int_equal(rc, CAL_OK);
	assert_int_equal(page.n, 1);
	return page.next == NULL ? "none" : page.next;
}

static void
the_next_page_is_found_as_in_other_lists(void **state)
{
	(void)state;
	assert_string_equal(next_of("{}"), "none");
	assert_string_equal(next_of("{\"next_page_token\":null}"), "none");
	assert_string_equal(next_of("{\"next_page_token\":\"\"}"), "none");
	assert_string_equal(next_of("{\"next_page_token\":\"T\"}"), "T");
	assert_string_equal(next_of("{\"next_page\":\"https://calendly.com/"
	    "webhook_subscriptions?page_token=T%2F2\"}"), "T/2");
}

static void
a_next_page_that_is_not_understood_is_not_the_end(void **state)
{
	(void)state;
	assert_string_equal(next_of("{\"next_page_token\":7}"), "unusable");
	assert_string_equal(next_of("{\"next_page\":\"https://elsewhere."
	    "example/?page_token=T\"}"), "unusable");
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		calendly(the_next_page_is_found_as_in_other_lists),
		calendly(a_next_page_that_is_not_understood_is_not_the_end),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, http_start, NULL);
}
