/*
 * push_guard: tests of app/service/push/guard.h.  Which addresses are public is
 * tested in t/unit/address.c.
 */
#include "t/unit/helper.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "app/service/push/guard.h"

static const char *
ask(const char *const *allow, const char *address, int port, bool tls)
{
	struct sockaddr_storage	 sa = { 0 };
	struct sockaddr_in	*v4 = (struct sockaddr_in *)&sa;
	struct sockaddr_in6	*v6 = (struct sockaddr_in6 *)&sa;
	struct guard		*g = guard_new(mem, allow);
	const char		*why;

	if (strchr(address, ':') == NULL) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)port);
		assert_int_equal(inet_pton(AF_INET, address, &v4->sin_addr),
		    1);
	} else {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t)port);
		assert_int_equal(inet_pton(AF_INET6, address,
		    &v6->sin6_addr), 1);
	}
	why = guard_may_connect(g, (struct sockaddr *)&sa, tls);
	guard_free(g);
	return why;
}

static const char *const	nothing[] = { NULL };
static const char *const	some[] = { "10.1.0.0/16", "fd00::/8", NULL };

static void
public_addresses_are_called_by_https(void **state)
{
	(void)state;
	assert_null(ask(nothing, "93.184.216.34", 443, true));
	assert_null(ask(nothing, "2606:2800:220:1::1", 443, true));
	assert_null(ask(nothing, "93.184.216.34", 8443, true));
	assert_non_null(ask(nothing, "93.184.216.34", 80, false));
	assert_non_null(ask(some, "93.184.216.34", 8080, false));
}

static void
inner_addresses_are_refused(void **state)
{
	static const char *const	inner[] = {
		"127.0.0.1", "10.0.0.1", "10.1.0.1", "192.168.1.1",
		"169.254.169.254", "172.16.0.1", "0.0.0.0", "100.64.0.1",
		"224.0.0.1", "255.255.255.255", "::1", "::", "fd00::1",
		"fe80::1", "ff02::1", "::ffff:10.0.0.1", "64:ff9b::a00:1",
		"2002:a00:1::", "::ffff:93.184.216.34",
	};
	size_t	 i;

	(void)state;
	for (i = 0; i < sizeof(inner) / sizeof(inner[0]); i++)
		if (ask(nothing, inner[i], 443, true) == NULL)
			fail_msg("%s is called", inner[i]);
}

static void
the_refusal_says_what_to_do(void **state)
{
	const char	*why = ask(nothing, "10.0.0.1", 443, true);

	(void)state;
	assert_non_null(strstr(why, "10.0.0.1"));
	assert_non_null(strstr(why, "CALENDLYD_DELIVER_ALLOW"));
	assert_non_null(strstr(ask(nothing, "93.184.216.34", 8080, false),
	    "use https"));
	assert_non_null(strstr(ask(nothing, "93.184.216.34", 22, true),
	    "port"));
}

static void
ranges_can_be_allowed(void **state)
{
	(void)state;
	assert_null(ask(some, "10.1.2.3", 443, true));
	assert_null(ask(some, "10.1.2.3", 8080, false));
	assert_null(ask(some, "10.1.2.3", 80, false));
	assert_null(ask(some, "fd00::7", 443, true));
	assert_non_null(ask(some, "10.2.0.1", 443, true));
	assert_null(ask(some, "93.184.216.34", 443, true));
}

static void
other_services_can_not_be_reached(void **state)
{
	static const int	 ports[] = { 0, 1, 22, 25, 80, 444, 1023 };
	size_t			 i;

	(void)state;
	for (i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		assert_non_null(ask(some, "10.1.2.3", ports[i], true));
		assert_non_null(ask(some, "93.184.216.34", ports[i], true));
	}
	assert_non_null(ask(some, "10.1.2.3", 22, false));
	assert_null(ask(some, "10.1.2.3", 1024, true));
	assert_null(ask(some, "10.1.2.3", 65535, true));
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(public_addresses_are_called_by_https),
		promise(inner_addresses_are_refused),
		promise(the_refusal_says_what_to_do),
		promise(ranges_can_be_allowed),
		promise(other_services_can_not_be_reached),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
