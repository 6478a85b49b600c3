/*
 * advice: tests of app/ctl/advice.h.  The advice about a failed call to
 * Calendly must fit the purpose of the call and the way in which it failed.
 */
#include "t/unit/helper.h"

#include "app/ctl/advice.h"

#define says(purpose, status, error, words) \
	assert_non_null(strstr(advice_call(purpose, status, error), words))
#define never_says(purpose, status, error, words) \
	assert_null(strstr(advice_call(purpose, status, error), words))

static void
a_rejected_subscription_is_no_matter_of_consent(void **state)
{
	(void)state;
	says("subscription_create", "400", NULL, "BACKEND_URL");
	says("subscription_create", "422", NULL, "BACKEND_URL");
	never_says("subscription_create", "400", NULL, "consent");
	never_says("subscription_list", "400", NULL, "consent");
	says("subscription_list", "400", NULL, "log");
}

static void
a_success_that_cannot_be_used_has_its_own(void **state)
{
	(void)state;
	says("subscription_create", "201", "the reply names no subscription",
	    "their reply");
	says("subscription_list", "200", "the listing does not end",
	    "their reply");
	says("token_refresh", "200", "the reply is not JSON",
	    "token endpoint");
}

static void
tokens_that_are_refused_need_the_user(void **state)
{
	(void)state;
	says("token_refresh", "400", NULL, "new consent");
	says("token_refresh", "403", NULL, "new consent");
	says("subscription_list", "401", NULL, "new consent");
	says("token_refresh", "401", "invalid_client", "CLIENT_ID");
}

static void
what_passes_by_itself_says_so(void **state)
{
	(void)state;
	says("subscription_create", "503", NULL, "if it passes");
	says("subscription_create", "408", NULL, "if it passes");
	says("subscription_create", "409", NULL, "looks again");
	says("subscription_list", "429", NULL, "pause");
	says("user_me", NULL, "timed out", "tried again");
}

static void
plan_role_and_scope_are_named_where_they_are_told(void **state)
{
	(void)state;
	says("subscription_create", "403", NULL, "capability");
	says("user_me", "302", NULL, "CALENDLY_API_URL");
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(a_rejected_subscription_is_no_matter_of_consent),
		promise(a_success_that_cannot_be_used_has_its_own),
		promise(tokens_that_are_refused_need_the_user),
		promise(what_passes_by_itself_says_so),
		promise(plan_role_and_scope_are_named_where_they_are_told),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
