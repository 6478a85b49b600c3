/*
 * uri: tests of lib/uri.h: percent-encoding, forms, and the parts of URLs.
 */
#include <stdbool.h>

#include "t/unit/helper.h"

#include "lib/uri.h"

static void
encodes_all_but_unreserved_characters(void **state)
{
	(void)state;
	assert_string_equal(uri_encode(mem, "azAZ09-._~"), "azAZ09-._~");
	assert_string_equal(uri_encode(mem, "a b+c/ž%"),
	    "a%20b%2Bc%2F%C5%BE%25");
	assert_string_equal(uri_encode(mem, ""), "");
}

static void
decodes_what_it_encoded(void **state)
{
	char		 all[256];
	const char	*e;
	int		 i;

	(void)state;
	for (i = 1; i < 256; i++)
		all[i - 1] = (char)i;
	all[255] = '\0';
	e = uri_encode(mem, all);
	assert_string_equal(uri_decode(mem, e, strlen(e), false), all);
	assert_string_equal(uri_decode(mem, e, strlen(e), true), all);
}

static void
a_plus_is_a_space_in_forms_alone(void **state)
{
	(void)state;
	assert_string_equal(uri_decode(mem, "a+b", 3, true), "a b");
	assert_string_equal(uri_decode(mem, "a+b", 3, false), "a+b");
}

static void
bad_escapes_and_nuls_are_refused(void **state)
{
	static const char *const	bad[] = { "%", "a%4", "%zz", "%4g",
					    "%00", "a%00b", "%%41" };
	size_t				i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_null(uri_decode(mem, bad[i], strlen(bad[i]), true));
	assert_null(uri_decode(mem, "a\0b", 3, true));
	assert_null(uri_decode(mem, "%41", 2, true));
}

static void
finds_a_parameter_by_its_whole_name(void **state)
{
	static const char	q[] = "xstate=1&state=a%26b&state=2&code&e=";

	(void)state;
	assert_string_equal(uri_query(mem, q, "state"), "a&b");
	assert_string_equal(uri_query(mem, q, "code"), "");
	assert_string_equal(uri_query(mem, q, "e"), "");
	assert_null(uri_query(mem, q, "stat"));
	assert_null(uri_query(mem, q, "2"));
	assert_null(uri_query(mem, "", "state"));
	assert_null(uri_query(mem, "state=%zz", "state"));
	assert_string_equal(uri_query(mem, "%zz=1&s%74ate=x+y", "state"),
	    "x y");
}

static void
builds_forms_that_read_back(void **state)
{
	struct buf	b;

	(void)state;
	buf_init(&b, mem, 40);
	assert_true(uri_add(&b, "a", "1&2"));
	assert_true(uri_add(&b, "b c", "="));
	assert_string_equal(b.p, "a=1%262&b%20c=%3D");
	assert_string_equal(uri_query(mem, b.p, "b c"), "=");
	assert_false(uri_add(&b, "long", "%%%%%%%%%%%%%"));
	assert_string_equal(b.p, "a=1%262&b%20c=%3D");
}

static void
takes_a_url_to_pieces(void **state)
{
	static const struct {
		const char	*url, *host, *path, *origin;
		int		 port;
	} c[] = {
		{ "https://Example.COM", "example.com", "",
		  "https://example.com", 443 },
		{ "HTTPS://a.b:443/x?y=%20#", NULL, NULL, NULL, 0 },
		{ "https://a.b:443/x?y=%20", "a.b", "/x?y=%20",
		  "https://a.b", 443 },
		{ "http://localhost:8080?q", "localhost", "/?q",
		  "http://localhost:8080", 8080 },
		{ "http://[0:0::1]:80/", "::1", "/", "http://[::1]", 80 },
		{ "https://127.0.0.1:1", "127.0.0.1", "",
		  "https://127.0.0.1:1", 1 },
		{ "https://my_host-1", "my_host-1", "", "https://my_host-1",
		  443 },
	};
	struct uri	u;
	size_t		i;

	(void)state;
	for (i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		assert_int_equal(uri_parse(mem, c[i].url, &u),
		    c[i].host != NULL);
		if (c[i].host == NULL)
			continue;
		assert_string_equal(u.host, c[i].host);
		assert_string_equal(u.path, c[i].path);
		assert_string_equal(u.origin, c[i].origin);
		assert_int_equal(u.port, c[i].port);
	}
}

static void
refuses_what_others_could_read_otherwise(void **state)
{
	static const char *const	bad[] = {
		"", "https", "https:/a", "https://", "https:///x", "//a.b",
		"ftp://a", "javascript://a", "https//a", " https://a",
		"https://u@a", "https://u:p@a", "https://a/#f", "https://a#f",
		"https://a b", "https://a/ ", "https://a/\t", "https://a\\@b",
		"https://a/\\b", "https://a/\n", "https://a/\x7f",
		"https://a/ž", "https://ž", "https://a%2eb", "https://a/%",
		"https://a/%zz", "https://a/%00", "https://a:0",
		"https://a:65536", "https://a:", "https://a:1x",
		"https://a:999999", "https://.a", "https://a.", "https://a..b",
		"https://127.1", "https://2130706433", "https://0x7f.0.0.1",
		"https://0177.0.0.1", "https://1.2.3.256", "https://a.1",
		"https://[::1", "https://[::1]x", "https://[fe80::1%25lo]",
		"https://[127.0.0.1]", "https://[]", "https://::1",
		"https://a/<", "https://a/\"", "https://a,b",
	};
	struct uri	u;
	size_t		i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (uri_parse(mem, bad[i], &u))
			fail_msg("taken for a URL: %s", bad[i]);
}

static void
knows_loopback(void **state)
{
	static const struct {
		const char	*url;
		bool		 loopback;
	} c[] = {
		{ "http://localhost", true }, { "http://127.0.0.1", true },
		{ "http://127.255.0.9:1/x", true }, { "http://[::1]", true },
		{ "http://LocalHost/", true }, { "http://128.0.0.1", false },
		{ "http://localhost.a", false }, { "http://a", false },
		{ "http://127.0.0.1.a", false }, { "http://[::2]", false },
		{ "http://[::ffff:127.0.0.1]", false },
	};
	struct uri	u;
	size_t		i;

	(void)state;
	for (i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		assert_true(uri_parse(mem, c[i].url, &u));
		assert_int_equal(uri_is_loopback(&u), c[i].loopback);
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(encodes_all_but_unreserved_characters),
		promise(decodes_what_it_encoded),
		promise(a_plus_is_a_space_in_forms_alone),
		promise(bad_escapes_and_nuls_are_refused),
		promise(finds_a_parameter_by_its_whole_name),
		promise(builds_forms_that_read_back),
		promise(takes_a_url_to_pieces),
		promise(refuses_what_others_could_read_otherwise),
		promise(knows_loopback),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
