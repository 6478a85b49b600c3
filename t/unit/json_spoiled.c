/*
 * json_spoiled: tests of lib/json.h: reading text whose strings hold what JSON
 * does not allow, which is mended on request.
 */
#include "t/unit/helper.h"

#include <stdlib.h>
#include <string.h>

#include "lib/json.h"

#define R	"\xef\xbf\xbd"

static const struct json_caps	caps = { 1 << 20, 16, 1000 };

/* Returns the tree of a spoiled text, or NULL if the text is refused. */
static const struct json_node *
read_spoiled(const char *p, size_t n)
{
	const struct json_node	*out;
	const char		*why;
	char			*exact;

	exact = malloc(n == 0 ? 1 : n);
	assert_non_null(exact);
	memcpy(exact, p, n);
	if (json_parse_spoiled(mem, exact, n, &caps, &out, &why) != CAL_OK)
		assert_null(out);
	free(exact);
	return out;
}

static void
what_a_sender_spoiled_is_mended_on_request(void **state)
{
	static const struct {
		const char	*text, *means;
	} c[] = {
		{ "\xef\xbb\xbf\"a\"", "a" }, { "\"\xef\xbb\xbf\"",
		    "\xef\xbb\xbf" },
		{ "\"caf\xe9\"", "caf" R }, { "\"\xe9\xe8\"", R R },
		{ "\"\xc0\xaf\"", R R }, { "\"\xed\xa0\x80\"", R R R },
		{ "\"\xe2\x82\"", R R }, { "\"\xff \xc5\xbd\"", R " \xc5\xbd" },
		{ "\"a\nb\tc\x1f\"", "a\nb\tc\x1f" }, { " \n\"a\" \t", "a" },
		{ "\"it\\'s \\x41\"", "it" R "'s " R "x41" },
		{ "\"\\\xe9\"", R R }, { "\"\\u12g4\"", R "u12g4" },
		{ "\"\\\"\\\\\xe9\\n\\ud83d\"", "\"\\" R "\n" R },
		{ "\"\\ud83d\\ude00\xe9\"", "\xf0\x9f\x98\x80" R },
	};
	const struct json_node	*n;
	size_t			 i;

	(void)state;
	for (i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		n = read_spoiled(c[i].text, strlen(c[i].text));
		if (n == NULL)
			fail_msg("refused: %s", c[i].text);
		assert_string_equal(json_text(n, ""), c[i].means);
	}
	assert_string_equal(json_text(read_spoiled("\"a\0b\"", 5), ""),
	    "a" R "b");
	n = read_spoiled("{\"k\xe9\":1}", 8);
	assert_non_null(json_find(n, "k" R));
}

static void
mending_makes_no_json_of_what_is_none(void **state)
{
	static const char *const	bad[] = {
		"", "\xef\xbb\xbf", "\xef\xbb\xbf\xef\xbb\xbf[]", "\xe9",
		"{\xe9}", "[1\xff]", "\"\xe9", "\"\\", "\"\\\"", "{\"a\xe9\"}",
		"\"a\xe9\"b\"", "\x01", "\"a\" \x01", "[\xef\xbb\xbf]",
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (read_spoiled(bad[i], strlen(bad[i])) != NULL)
			fail_msg("taken: %s", bad[i]);
	assert_null(read_spoiled("1\0", 2));
}

static void
mending_keeps_to_the_cap(void **state)
{
	const struct json_caps	 tight = { 8, 4, 4 };
	const struct json_node	*n;
	const char		*why;

	(void)state;
	assert_int_equal(json_parse_spoiled(mem, "\"\xe9\xe9\"", 4, &tight,
	    &n, &why), CAL_OK);
	assert_int_equal(json_parse_spoiled(mem, "\"\xe9\xe9\xe9\"", 5, &tight,
	    &n, &why), CAL_TOOLARGE);
	assert_non_null(why);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(what_a_sender_spoiled_is_mended_on_request),
		promise(mending_makes_no_json_of_what_is_none),
		promise(mending_keeps_to_the_cap),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
