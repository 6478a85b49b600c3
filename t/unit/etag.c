/*
 * etag: tests of lib/etag.h: tags of answers, and whether a request's header
 * names a tag.
 */
#include <stdbool.h>

#include "t/unit/helper.h"

#include "lib/etag.h"

static const char *
tag(const char *body)
{
	return etag_of(mem, (struct bytes){ body, strlen(body) });
}

static void
the_same_bytes_have_the_same_tag_and_others_another(void **state)
{
	(void)state;
	assert_string_equal(tag("{}"), tag("{}"));
	assert_string_not_equal(tag("{}"), tag("{ }"));
	assert_string_not_equal(tag("{}"), tag(""));
}

static void
a_tag_is_strong_and_can_stand_in_a_header(void **state)
{
	const char	*s = tag("{}");
	size_t		 n = strlen(s);

	(void)state;
	assert_int_equal(n, 24);
	assert_int_equal(s[0], '"');
	assert_int_equal(s[n - 1], '"');
	assert_int_equal(strspn(s + 1, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"), n - 2);
}

static void
a_tag_is_found_wherever_it_stands(void **state)
{
	static const char *const	named[] = {
		"\"a\"", "W/\"a\"", " \"a\" ", "*", " * ", "\"b\",\"a\"",
		"\"b\" , W/\"a\"", ",,\"a\"", "\"b\",\t,\"a\"",
		"\"a\",\"b\"", "\"x,y\", \"a\"", "\"\",\"a\"",
		"\"W/\",\"a\"", "\"\xc5\xbe\",\"a\"",
	};
	size_t				i;

	(void)state;
	for (i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (!etag_named(named[i], "\"a\""))
			fail_msg("not found in %s", named[i]);
}

static void
what_does_not_name_it_does_not(void **state)
{
	static const char *const	other[] = {
		"", " ", ",", "a", "\"b\"", "\"A\"", "\"aa\"", "\"a", "a\"",
		"w/\"a\"", "W/ \"a\"", "W/W/\"a\"", "*,\"a\"", "**", "*x",
		"\"b\"\"a\"", "\"b\";\"a\"", "b,\"a\"", "\"x, \"a\"",
		"\" \",\"a\"", "\"\x7f\",\"a\"", "\"", "W/", "'a'",
	};
	size_t				i;

	(void)state;
	assert_false(etag_named(NULL, "\"a\""));
	for (i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		if (etag_named(other[i], "\"a\""))
			fail_msg("found in %s", other[i]);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(the_same_bytes_have_the_same_tag_and_others_another),
		promise(a_tag_is_strong_and_can_stand_in_a_header),
		promise(a_tag_is_found_wherever_it_stands),
		promise(what_does_not_name_it_does_not),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
