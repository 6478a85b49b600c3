/*
 * The promises of app/service/errand.h that need no database.
 */
#include "t/unit/helper.h"

#include "app/service/errand.h"
#include "app/service/service.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND };

static struct service	service;	/* without a client, so none hurries */

static void
one_about_a_connection_is_for_the_same(void **state)
{
	const struct errand	 e = errand_for_session(&service, mem, "7",
				    "s");
	const struct errand	 about = errand_about(&e, "c");

	(void)state;
	assert_null(e.connection_id);
	assert_string_equal(about.tenant_id, "7");
	assert_string_equal(about.session_id, "s");
	assert_string_equal(about.connection_id, "c");
}

static void
its_calls_tell_of_the_grant_and_that_nobody_waits(void **state)
{
	const struct errand	 e = errand_for(&service, mem, "7");
	const struct errand	 of = errand_with_grant(&e, "g");
	const struct errand	 back = errand_in_background(&of);

	(void)state;
	assert_null(errand_behalf(&e).grant_id);
	assert_string_equal(errand_behalf(&back).grant_id, "g");
	assert_false(errand_behalf(&of).background);
	assert_true(errand_behalf(&back).background);
}

static void
without_a_bound_there_is_as_much_time_as_asked_for(void **state)
{
	const struct errand	 e = errand_for(&service, mem, "7");

	(void)state;
	assert_int_equal(errand_time_left(&e, MINUTE), MINUTE);
}

static void
time_gets_less_and_never_more(void **state)
{
	const struct errand	 e = errand_for(&service, mem, "7");
	const struct errand	 less = errand_within(&e, 10 * SECOND);
	const struct errand	 more = errand_within(&less, MINUTE);
	const struct errand	 none = errand_within(&more, 0);

	(void)state;
	assert_int_equal(e.until, 0);
	assert_true(less.until > 0);
	assert_int_equal(more.until, less.until);
	assert_true(errand_time_left(&more, MINUTE) <= 10 * SECOND);
	assert_int_equal(errand_time_left(&less, 1), 1);
	assert_int_equal(errand_time_left(&none, MINUTE), 0);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(one_about_a_connection_is_for_the_same),
		promise(its_calls_tell_of_the_grant_and_that_nobody_waits),
		promise(without_a_bound_there_is_as_much_time_as_asked_for),
		promise(time_gets_less_and_never_more),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
