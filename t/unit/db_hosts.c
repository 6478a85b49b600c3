/*
 * db_hosts: tests of lib/db_hosts.h.  The host that stalled moves to the end of
 * the list of hosts to try, and ports and addresses move with their hosts.
 */
#include "t/unit/helper.h"

#include "lib/db_hosts.h"

static void
assert_order(const char *url, const char *last, const char *host,
    const char *port)
{
	struct db_hosts	 h;

	db_hosts_order(url, last, &h);
	if (host == NULL)
		assert_null(h.host);
	else
		assert_string_equal(h.host, host);
	if (port == NULL)
		assert_null(h.port);
	else
		assert_string_equal(h.port, port);
	db_hosts_free(&h);
}

static void
the_one_that_stalled_comes_last(void **state)
{
	(void)state;
	/* libpq makes an empty part for each host whose port is not named. */
	assert_order("postgresql://u@a,b,c/d", "a", "b,c,a", ",,");
	assert_order("postgresql://u@a,b,c/d", "b", "c,a,b", ",,");
	assert_order("postgresql://u@a:1,b:2,c:3/d", "a", "b,c,a", "2,3,1");
	assert_order("postgresql:///d?host=/s/one,/s/two", "/s/one",
	    "/s/two,/s/one", NULL);
	assert_order("host=a,b port=5 dbname=d", "a", "b,a", NULL);
}

static void
else_the_order_stays(void **state)
{
	(void)state;
	assert_order("postgresql://u@a,b,c/d", "c", NULL, NULL);
	assert_order("postgresql://u@a/d", "a", NULL, NULL);
	assert_order("postgresql://u@a,b/d", "elsewhere", NULL, NULL);
	assert_order("postgresql:///d", "", NULL, NULL);
	assert_order("no connection string", "a", NULL, NULL);
}

static void
addresses_turn_along(void **state)
{
	struct db_hosts	 h;

	(void)state;
	db_hosts_order("host=a,b hostaddr=10.0.0.1,10.0.0.2", "a", &h);
	assert_string_equal(h.host, "b,a");
	assert_string_equal(h.hostaddr, "10.0.0.2,10.0.0.1");
	db_hosts_free(&h);
	db_hosts_order("hostaddr=10.0.0.1,10.0.0.2", "10.0.0.1", &h);
	assert_string_equal(h.hostaddr, "10.0.0.2,10.0.0.1");
	assert_null(h.host);
	db_hosts_free(&h);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(the_one_that_stalled_comes_last),
		cmocka_unit_test(else_the_order_stays),
		cmocka_unit_test(addresses_turn_along),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
