/*
 * address: tests of lib/address.h.
 */
#include <sys/socket.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "t/unit/helper.h"

#include "lib/address.h"

static struct sockaddr_storage	 storage;

/* Returns a socket address with this text. */
static const struct sockaddr *
at(const char *text)
{
	struct sockaddr_in	 sin = { .sin_family = AF_INET,
				    .sin_port = htons(443) };
	struct sockaddr_in6	 sin6 = { .sin6_family = AF_INET6,
				    .sin6_port = htons(443) };

	if (strchr(text, ':') != NULL) {
		assert_int_equal(inet_pton(AF_INET6, text, &sin6.sin6_addr), 1);
		memcpy(&storage, &sin6, sizeof(sin6));
	} else {
		assert_int_equal(inet_pton(AF_INET, text, &sin.sin_addr), 1);
		memcpy(&storage, &sin, sizeof(sin));
	}
	return (const struct sockaddr *)&storage;
}

static void
public_ones_are_public(void **state)
{
	static const char *const	good[] = {
		"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0",
		"100.63.255.255", "100.128.0.0", "126.255.255.255",
		"128.0.0.0", "169.253.255.255", "169.255.0.0",
		"172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0",
		"192.88.98.255", "192.167.255.255", "192.169.0.0",
		"198.17.255.255", "198.20.0.0", "198.51.101.0",
		"203.0.112.255", "203.0.114.0", "223.255.255.255",
		"2000::1", "2001:200::1", "2001:4860:4860::8888",
		"2001:db7:ffff::", "2001:db9::", "2003::1", "2606:4700::1111",
		"2a00:1450:4001::1", "3fff:1000::1", "3ffd::1", NULL
	};
	size_t				i;

	(void)state;
	for (i = 0; good[i] != NULL; i++)
		if (!address_is_public(at(good[i])))
			fail_msg("%s", good[i]);
}

static void
all_others_are_not(void **state)
{
	static const char *const	bad[] = {
		"0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255",
		"100.64.0.0", "100.127.255.255", "127.0.0.1",
		"127.255.255.255", "169.254.169.254", "172.16.0.0",
		"172.31.255.255", "192.0.0.1", "192.0.0.9", "192.0.0.170",
		"192.0.2.1", "192.88.99.1", "192.168.0.0", "192.168.255.255",
		"198.18.0.0", "198.19.255.255", "198.51.100.1",
		"203.0.113.255", "224.0.0.1", "239.255.255.255", "240.0.0.1",
		"255.255.255.255",
		"::", "::1", "::2", "::8.8.8.8", "::127.0.0.1",
		"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8",
		"::ffff:0:8.8.8.8", "64:ff9b::8.8.8.8", "64:ff9b::10.0.0.1",
		"64:ff9b:1::1", "64:ff9b:1:ffff::10.0.0.1", "100::1",
		"100:0:0:1::1", "1fff:ffff::", "2001::1", "2001:0:4136::1",
		"2001:1::1", "2001:2::1", "2001:10::1", "2001:20::1",
		"2001:1ff:ffff::1", "2001:db8::1", "2001:db8:ffff::1",
		"2002::1", "2002:7f00:1::1", "2002:808:808::1", "3ffe::1",
		"3fff::1", "3fff:fff::1", "4000::1", "5f00::1", "fc00::1",
		"fd12:3456::1", "fe80::1", "febf::1", "fec0::1", "feff::1",
		"ff02::1", "ff0e::1", "ffff::1", NULL
	};
	size_t				i;

	(void)state;
	for (i = 0; bad[i] != NULL; i++)
		if (address_is_public(at(bad[i])))
			fail_msg("%s", bad[i]);
}

static void
other_families_are_not_public_and_in_no_range(void **state)
{
	const char *const	words[] = { "0.0.0.0/0", "::/0", NULL };
	struct sockaddr_un	un = { .sun_family = AF_UNIX };
	struct address_ranges	r;
	const char		*bad;

	(void)state;
	assert_true(address_ranges_parse(mem, words, &r, &bad));
	assert_false(address_is_public((const struct sockaddr *)&un));
	assert_false(address_in(&r, (const struct sockaddr *)&un));
	assert_string_equal(address_text(mem, (const struct sockaddr *)&un),
	    "?");
}

static void
an_address_has_its_shortest_text(void **state)
{
	(void)state;
	assert_string_equal(address_text(mem, at("10.0.0.1")), "10.0.0.1");
	assert_string_equal(address_text(mem, at("fd00:0:0::1")), "fd00::1");
	assert_string_equal(address_text(mem, at("::ffff:1.2.3.4")),
	    "::ffff:1.2.3.4");
}

/* Returns whether the address is in the one range. */
static bool
in(const char *range, const char *address)
{
	const char *const	words[] = { range, NULL };
	struct address_ranges	r;
	const char		*bad;

	assert_true(address_ranges_parse(mem, words, &r, &bad));
	assert_int_equal(r.n, 1);
	return address_in(&r, at(address));
}

static void
ranges_hold_what_begins_alike(void **state)
{
	(void)state;
	assert_true(in("10.0.0.0/8", "10.255.0.1"));
	assert_false(in("10.0.0.0/8", "11.0.0.0"));
	assert_true(in("10.1.2.3/8", "10.0.0.1"));
	assert_true(in("172.16.0.0/12", "172.31.255.255"));
	assert_false(in("172.16.0.0/12", "172.32.0.0"));
	assert_true(in("192.0.2.128/31", "192.0.2.129"));
	assert_false(in("192.0.2.128/31", "192.0.2.130"));
	assert_true(in("127.0.0.1", "127.0.0.1"));
	assert_false(in("127.0.0.1", "127.0.0.2"));
	assert_true(in("127.0.0.1/32", "127.0.0.1"));
	assert_true(in("0.0.0.0/0", "8.8.8.8"));
	assert_true(in("fd00::/8", "fdff::1"));
	assert_false(in("fd00::/8", "fc00::1"));
	assert_true(in("fc00::/7", "fdff::1"));
	assert_true(in("::1", "::1"));
	assert_false(in("::1/128", "::2"));
	assert_true(in("::/0", "2001:db8::1"));
	assert_true(in("2001:db8:8000::/33", "2001:db8:ffff::"));
	assert_false(in("2001:db8:8000::/33", "2001:db8:7fff::"));
}

static void
a_mapped_address_is_in_the_ranges_of_both(void **state)
{
	(void)state;
	assert_true(in("127.0.0.0/8", "::ffff:127.0.0.1"));
	assert_false(in("127.0.0.0/8", "::ffff:128.0.0.1"));
	assert_false(in("127.0.0.0/8", "::127.0.0.1"));
	assert_true(in("::ffff:0:0/96", "::ffff:127.0.0.1"));
	assert_false(in("::ffff:0:0/96", "127.0.0.1"));
	assert_false(in("::/0", "127.0.0.1"));
	assert_false(in("0.0.0.0/0", "::1"));
}

static void
any_of_several_ranges_will_do(void **state)
{
	const char *const	words[] = { "10.0.0.0/8", "fd00::/8", "::1",
				    NULL };
	const char *const	none[] = { NULL };
	struct address_ranges	r;
	const char		*bad;

	(void)state;
	assert_true(address_ranges_parse(mem, words, &r, &bad));
	assert_true(address_in(&r, at("::1")));
	assert_true(address_in(&r, at("10.1.1.1")));
	assert_false(address_in(&r, at("127.0.0.1")));
	assert_true(address_ranges_parse(mem, none, &r, &bad));
	assert_int_equal(r.n, 0);
	assert_false(address_in(&r, at("10.1.1.1")));
}

static void
what_is_no_range_is_told(void **state)
{
	static const char *const	wrong[] = {
		"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1",
		"10.0.0.0/+8", "10.0.0.0/08", "10.0.0.0/8x", "10.0.0.0/ 8",
		"10.0.0.0/8/8", "10.0.0.0/0008", "10.0.0.0/4294967304",
		"10.0.0/8", "10/8", "010.0.0.0/8", "10.0.0.256", "0x0a.0.0.0",
		"10.0.0.0/255.0.0.0", "host", "host/8", "fd00::/129",
		"fd00::/1280", ":", ":::", "fd00:::1", "[::1]",
		"fe80::1%eth0", "::1%lo/128", "::ffff:1.2.3", "::g", "*",
	};
	const char			*words[] = { "10.0.0.0/8", NULL, "?",
					    NULL };
	struct address_ranges		 r;
	const char			*bad;
	size_t				 i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		words[1] = wrong[i];
		bad = NULL;
		if (address_ranges_parse(mem, words, &r, &bad))
			fail_msg("\"%s\" is taken", wrong[i]);
		assert_ptr_equal(bad, wrong[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(public_ones_are_public),
		promise(all_others_are_not),
		promise(other_families_are_not_public_and_in_no_range),
		promise(an_address_has_its_shortest_text),
		promise(ranges_hold_what_begins_alike),
		promise(a_mapped_address_is_in_the_ranges_of_both),
		promise(any_of_several_ranges_will_do),
		promise(what_is_no_range_is_told),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
