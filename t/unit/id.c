/*
 * id: tests of app/calendly/id.h.  A thing at Calendly is known by the last
 * part of its URI's path.
 */
#include "t/unit/helper.h"

#include <stdbool.h>
#include <string.h>

#include "app/calendly/id.h"
#include "lib/arena.h"

#define UUID	"3c9e4e9f-21c0-4bb4-a5d5-1d5a6b0f2a77"

static void
a_thing_is_known_by_the_last_part(void **state)
{
	(void)state;
	assert_string_equal(id_from_uri(mem,
	    "https://api.calendly.com/users/" UUID), UUID);
	assert_string_equal(id_from_uri(mem,
	    "https://calendly.com/a/b/c/" UUID), UUID);
	assert_string_equal(id_from_uri(mem,
	    "https://api.calendly.com/scheduled_events/GBGBDCAADAEDCRZ2"
	    "/invitees/ABCDEFGHIJKLMNO7"), "ABCDEFGHIJKLMNO7");
	assert_string_equal(id_from_uri(mem, "/" UUID), UUID);
}

static void
a_uuid_is_the_same_in_capitals(void **state)
{
	(void)state;
	assert_string_equal(id_from_uri(mem,
	    "x/3C9E4E9F-21C0-4BB4-A5D5-1D5A6B0F2A77"), UUID);
	assert_true(id_same(mem, "https://api.calendly.com/users/" UUID,
	    "https://calendly.com/users/3C9E4E9F-21C0-4BB4-A5D5-1D5A6B0F2A77"));
}

/* Returns a path whose last part is the letter a, repeated "n" times. */
static const char *
of_length(int n)
{
	char	*s = arena_alloc(mem, (size_t)n + 3);

	memcpy(s, "x/", 2);
	memset(s + 2, 'a', (size_t)n);
	s[n + 2] = '\0';
	return s;
}

static void
an_id_is_whatever_calendly_says_it_is(void **state)
{
	static const char *const	id[] = {
		"ab_12-Zz", "1", "~", "abcdefghijklmno7", "ABCDEFGHIJKLMNO",
		"ABCDEFGHIJKLMNO77", "3c9e4e9f21c04bb4a5d51d5a6b0f2a77",
		"3c9e4e9f-21c0-4bb4-a5d5-1d5a6b0f2a7g",
		"!$&'()*+,;=:@", "\"<>\\^`{|}", "a%20b", "50%", "...", ".a",
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(id) / sizeof(id[0]); i++)
		assert_string_equal(id_from_uri(mem, arena_printf(mem,
		    "https://api.calendly.com/users/%s", id[i])), id[i]);
	assert_string_equal(id_from_uri(mem, of_length(200)),
	    of_length(200) + 2);
	assert_string_equal(id_from_uri(mem, of_length(255)),
	    of_length(255) + 2);
	assert_null(id_from_uri(mem, of_length(256)));
}

static void
what_is_not_the_path_does_not_count(void **state)
{
	static const char *const	uri[] = {
		"x/" UUID "/", "x/" UUID "///", "x/" UUID "?a=b",
		"x/" UUID "/?a=b/c", "x/" UUID "#here", "x/" UUID "?a=b://c/d",
		"https://api.calendly.com/users/" UUID "#/a/b",
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(uri) / sizeof(uri[0]); i++)
		assert_string_equal(id_from_uri(mem, uri[i]), UUID);
}

static void
only_a_uuid_is_compared_without_case(void **state)
{
	(void)state;
	assert_false(id_same(mem, "x/ab_12-Zz", "x/ab_12-zz"));
	assert_false(id_same(mem, "x/3C9E4E9F21C04BB4A5D51D5A6B0F2A77",
	    "x/3c9e4e9f21c04bb4a5d51d5a6b0f2a77"));
	assert_false(id_same(mem, "x/ABCDEFGHIJKLMNO7",
	    "x/abcdefghijklmno7"));
	assert_true(id_same(mem, "x/ab_12-Zz",
	    "https://b.example/y/ab_12-Zz/"));
}

static void
whatever_else_names_nothing(void **state)
{
	static const char *const	bad[] = {
		"", "/", "//", UUID, "https://api.calendly.com",
		"https://api.calendly.com/", "https://api.calendly.com?a/b",
		"https://api.calendly.com/users/", "x/users/me",
		"https://api.calendly.com/users/?a=ABCDEFGHIJKLMNO7",
		"x/ABCDEFGHIJKLMNO7 ", "x/ab\xc3\xa9", "x/a\tb", "x/a\x7f",
		"x/a b", "x/.", "x/..", "x/../", "x/%2e", "x/.%2E", "x/%2E%2e",
	};
	size_t	i;

	(void)state;
	assert_null(id_from_uri(mem, NULL));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (id_from_uri(mem, bad[i]) != NULL)
			fail_msg("taken: \"%s\"", bad[i]);
}

static void
what_names_nothing_is_the_same_as_nothing(void **state)
{
	(void)state;
	assert_false(id_same(mem, NULL, NULL));
	assert_false(id_same(mem, "x/users/me", "x/users/me"));
	assert_false(id_same(mem, "x/" UUID, NULL));
	assert_false(id_same(mem, "x/ABCDEFGHIJKLMNO7",
	    "x/ABCDEFGHIJKLMNO8"));
}

static void
a_path_leads_to_the_thing_and_nowhere_else(void **state)
{
	static const struct {
		const char	*uri, *path;
	} to[] = {
		{ "x/ab_12-Zz/", "/users/ab_12-Zz" },
		{ "x/3C9E4E9F-21C0-4BB4-A5D5-1D5A6B0F2A77?a=b",
		    "/users/3C9E4E9F-21C0-4BB4-A5D5-1D5A6B0F2A77" },
		{ "x/a%20b", "/users/a%20b" },
		{ "x/..%2F..", "/users/..%2F.." },
		{ "x/a.~!$&'()*+,;=:@", "/users/a.~!$&'()*+,;=:@" },
		{ "x/\"<>\\^`{|}", "/users/%22%3C%3E%5C%5E%60%7B%7C%7D" },
		{ "x/50%", "/users/50%25" },
		{ "x/50%2", "/users/50%252" },
		{ "x/%zz", "/users/%25zz" },
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(to) / sizeof(to[0]); i++)
		assert_string_equal(id_path(mem, "/users", to[i].uri),
		    to[i].path);
	assert_null(id_path(mem, "/users", "x/.."));
	assert_null(id_path(mem, "/users", NULL));
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(a_thing_is_known_by_the_last_part),
		promise(a_uuid_is_the_same_in_capitals),
		promise(an_id_is_whatever_calendly_says_it_is),
		promise(what_is_not_the_path_does_not_count),
		promise(only_a_uuid_is_compared_without_case),
		promise(whatever_else_names_nothing),
		promise(what_names_nothing_is_the_same_as_nothing),
		promise(a_path_leads_to_the_thing_and_nowhere_else),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
