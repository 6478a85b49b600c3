/*
 * json: tests of lib/json.h: reading JSON, and the self-test of yajl.
 */
#include <limits.h>
#include <stdbool.h>
#include <time.h>

#include "t/unit/helper.h"

#include "lib/json.h"

static const struct json_caps	caps = { 1 << 20, 16, 1000 };

static enum cal_err
read_bytes(const char *p, size_t n, const struct json_node **out)
{
	const char	*why, *copy;
	enum cal_err	 rc;
	char		*exact;

	/*
	 * The text is copied to a block that is exactly as long, so that a
	 * sanitizer finds any read beyond its end.
	 */
	exact = malloc(n == 0 ? 1 : n);
	assert_non_null(exact);
	memcpy(exact, p, n);
	copy = exact;
	rc = json_parse(mem, copy, n, &caps, out, &why);
	free(exact);
	assert_int_equal(rc == CAL_OK, *out != NULL);
	assert_int_equal(rc == CAL_OK, why == NULL);
	return rc;
}

static const struct json_node *
read_text(const char *text)
{
	const struct json_node	*n;

	if (read_bytes(text, strlen(text), &n) != CAL_OK)
		fail_msg("refused: %s", text);
	return n;
}

static void
reads_every_kind_of_value(void **state)
{
	const struct json_node	*n;
	int64_t			 v;

	(void)state;
	n = read_text(" {\"s\":\"x\\u0041\\n\",\"n\":-12,\"t\":true,"
	    "\"f\":false,\"z\":null,\"a\":[1,{\"b\":2}],\"o\":{}} \r\n\t");
	assert_string_equal(json_text(n, "s"), "xA\n");
	assert_true(json_int(n, "n", &v));
	assert_int_equal(v, -12);
	assert_true(json_is_true(n, "t"));
	assert_false(json_is_true(n, "f"));
	assert_int_equal(json_find(n, "z")->type, JSON_NULL);
	n = json_find(n, "a")->child;
	assert_string_equal(n->text, "1");
	assert_true(json_int(n->next, "b", &v));
	assert_null(n->next->next);
	assert_int_equal(read_text("7")->type, JSON_NUMBER);
}

static void
finds_by_path_and_only_what_is_there(void **state)
{
	const struct json_node	*n;

	(void)state;
	n = read_text("{\"a\":{\"b\":{\"c\":\"x\"}},\"a\":1,\"s\":\"y\"}");
	assert_string_equal(json_text(n, "a.b.c"), "x");
	assert_ptr_equal(json_find(n, ""), n);
	assert_null(json_find(n, "a.b.d"));
	assert_null(json_find(n, "s.x"));
	assert_null(json_find(n, "a.b.c.d"));
	assert_null(json_find(NULL, "a"));
	assert_null(json_text(n, "a"));
	assert_null(json_text(NULL, "a"));
}

static void
the_first_of_two_equal_keys_counts(void **state)
{
	(void)state;
	assert_string_equal(json_text(read_text(
	    "{\"a\":\"1\",\"a\":\"2\"}"), "a"), "1");
}

static void
numbers_keep_their_text(void **state)
{
	static const char *const	no_int[] = { "1.01", "1e-1", "-1.5",
					    "9223372036854775808",
					    "-9223372036854775809" };
	const struct json_node		*n;
	int64_t				 v = 3;
	size_t				 i;

	(void)state;
	n = read_text("[123456789012345678901234567890.10,1E400]");
	assert_string_equal(n->child->text,
	    "123456789012345678901234567890.10");
	assert_string_equal(n->child->next->text, "1E400");
	for (i = 0; i < sizeof(no_int) / sizeof(no_int[0]); i++)
		assert_false(json_int(read_text(no_int[i]), "", &v));
	assert_int_equal(v, 3);
	assert_true(json_int(read_text("9223372036854775807"), "", &v));
	assert_int_equal(v, INT64_MAX);
	assert_false(json_int(read_text("\"1\""), "", &v));
}

static void
a_nul_inside_is_kept_and_is_no_text(void **state)
{
	const struct json_node	*n = read_text("{\"a\":\"x\\u0000y\"}");

	(void)state;
	assert_int_equal(json_find(n, "a")->textsz, 3);
	assert_memory_equal(json_find(n, "a")->text, "x\0y", 4);
	assert_null(json_text(n, "a"));
	n = read_text("{\"a\\u0000b\":1}");
	assert_int_equal(n->child->keysz, 3);
	assert_null(json_find(n, "a"));
}

static void
a_whole_number_is_one_however_it_is_written(void **state)
{
	static const struct {
		const char	*text;
		int64_t		 v;
	} good[] = {
		{ "0", 0 }, { "-0", 0 }, { "-0.0e9", 0 }, { "1.0", 1 },
		{ "10.000", 10 }, { "1e1", 10 }, { "1.5E+1", 15 },
		{ "-120e-1", -12 }, { "0.012e3", 12 }, { "0e99999999999", 0 },
		{ "1000000000000000000000e-21", 1 },
		{ "9223372036854775807.0", INT64_MAX },
		{ "-9223372036854775808", INT64_MIN },
	};
	static const char *const	bad[] = {
		"", "-", "+1", ".5", "1.", "1e", "1e+", "1x", " 1", "1 ",
		"0x10", "1.5", "1e-1", "0.5e0", "1e19", "1e999999999999999",
		"1e-999999999999999", "9223372036854775807.5", "NaN", "--1",
	};
	size_t				i;
	int64_t				v;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!json_int_of(good[i].text, &v))
			fail_msg("not read: %s", good[i].text);
		assert_int_equal(v, good[i].v);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (json_int_of(bad[i], &v))
			fail_msg("read: %s", bad[i]);
	assert_true(json_int(read_text("1.0"), "", &v));
}

static void
halves_of_surrogate_pairs_become_fffd(void **state)
{
#define R	"\xef\xbf\xbd"
	static const struct {
		const char	*text, *means;
	} c[] = {
		{ "\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80" },
		{ "\"\\uD83D\\uDE00\"", "\xf0\x9f\x98\x80" },
		{ "\"\\ud83d\"", R }, { "\"\\ud83dX\"", R "X" },
		{ "\"\\ude00\"", R }, { "\"\\ude00\\ud83d\"", R R },
		{ "\"\\ud83d\\u0041\"", R "A" },
		{ "\"\\ud83d\\ud83d\\ude00\"", R "\xf0\x9f\x98\x80" },
		{ "\"\\ud83d\\\\ude00\"", R "\\ude00" },
		{ "\"\\\\ud83d\"", "\\ud83d" },
		{ "\"\\ud83d\\n\"", R "\n" },
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(c) / sizeof(c[0]); i++)
		assert_string_equal(json_text(read_text(c[i].text), ""),
		    c[i].means);
}

static void
refuses_all_that_is_not_json(void **state)
{
	static const char *const	bad[] = {
		"", " ", "{", "}", "[", "[1", "[1,]", "[,1]", "[1 2]", "{]",
		"{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{1:1}",
		"{'a':1}", "\"", "\"a", "\"\\\"", "\"\\x\"", "\"\\u12\"",
		"\"\\u12g4\"", "\"\\ud83d\\u12\"", "\"a\nb\"", "\"\t\"",
		"nul", "nulll", "True", "NaN", "Infinity", "-", "+1", "01",
		"1.", ".5", "1e", "1e+", "0x1", "--1", "1 2", "[1]x", "[] []",
		"// x\n1", "/* x */1", "[1]/**/", "\xef\xbb\xbf[]", "\x01",
		"\"\x80\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"\xff\"",
		"\xff", "\"\xf5\x80\x80\x80\"", "\"\xe2\x82\"",
		"\"\x1f\"", "[\"a\",\"b\"", "undefined",
	};
	const struct json_node	*n;
	size_t			 i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (read_bytes(bad[i], strlen(bad[i]), &n) != CAL_INVALID)
			fail_msg("taken for JSON: %s", bad[i]);
	assert_int_equal(read_bytes("[]\0", 3, &n), CAL_INVALID);
	assert_int_equal(read_bytes("\"\0\"", 3, &n), CAL_INVALID);
}

static void
each_cap_holds_to_the_last_unit(void **state)
{
	static const struct {
		struct json_caps	caps;
		const char		*text;
		enum cal_err		 rc;
	} c[] = {
		{ { 4, 9, 9 }, "1234", CAL_OK },
		{ { 4, 9, 9 }, "12345", CAL_TOOLARGE },
		{ { 99, 2, 9 }, "[{}]", CAL_OK },
		{ { 99, 2, 9 }, "[{\"a\":[]}]", CAL_TOOLARGE },
		{ { 99, 2, 9 }, "[[],[],[[", CAL_TOOLARGE },
		{ { 99, 0, 9 }, "1", CAL_OK },
		{ { 99, 9, 5 }, "{\"a\":1,\"b\":2}", CAL_OK },
		{ { 99, 9, 4 }, "{\"a\":1,\"b\":2}", CAL_TOOLARGE },
		{ { 99, 9, 3 }, "[1,2,3]", CAL_TOOLARGE },
	};
	const struct json_node	*n;
	const char		*why;
	size_t			 i;

	(void)state;
	for (i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		assert_int_equal(json_parse(mem, c[i].text, strlen(c[i].text),
		    &c[i].caps, &n, &why), c[i].rc);
		assert_int_equal(why == NULL, c[i].rc == CAL_OK);
	}
}

static void
why_holds_none_of_the_input(void **state)
{
	static const char	text[] = "{\"secret\":\"hunter2\",hunter2}";
	const struct json_node	*n;
	const char		*why;

	(void)state;
	assert_int_equal(json_parse(mem, text, strlen(text), &caps, &n, &why),
	    CAL_INVALID);
	assert_null(strstr(why, "hunter2"));
	assert_null(strchr(why, '\n'));
	assert_non_null(strstr(why, "byte 2"));
}

static void
this_yajl_holds_its_mends_and_saying_so_is_quick(void **state)
{
	struct timespec	a, b;
	long		us, least = LONG_MAX;
	int		i;

	(void)state;
	/*
	 * Other processes that empty the CPU's caches make the test use more
	 * CPU time, so only the fastest of ten runs counts.
	 */
	for (i = 0; i < 10; i++) {
		(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
		assert_true(json_selftest());
		(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
		us = (b.tv_sec - a.tv_sec) * 1000000 +
		    (b.tv_nsec - a.tv_nsec) / 1000;
		least = us < least ? us : least;
	}
	assert_in_range(least, 0, 5000);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(reads_every_kind_of_value),
		promise(finds_by_path_and_only_what_is_there),
		promise(the_first_of_two_equal_keys_counts),
		promise(numbers_keep_their_text),
		promise(a_nul_inside_is_kept_and_is_no_text),
		promise(a_whole_number_is_one_however_it_is_written),
		promise(halves_of_surrogate_pairs_become_fffd),
		promise(refuses_all_that_is_not_json),
		promise(each_cap_holds_to_the_last_unit),
		promise(why_holds_none_of_the_input),
		promise(this_yajl_holds_its_mends_and_saying_so_is_quick),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
