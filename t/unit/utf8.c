/*
 * utf8: tests of lib/utf8.h, which tells UTF-8 from other bytes.
 */
#include "t/unit/helper.h"

#include "lib/utf8.h"

static void
knows_the_first_and_last_of_each_length(void **state)
{
	static const struct {
		const char	*text;
		size_t		 len;
	} c[] = {
		{ "\x01", 1 }, { "\x7f", 1 },
		{ "\xc2\x80", 2 }, { "\xdf\xbf", 2 },
		{ "\xe0\xa0\x80", 3 }, { "\xed\x9f\xbf", 3 },
		{ "\xee\x80\x80", 3 }, { "\xef\xbf\xbf", 3 },
		{ "\xf0\x90\x80\x80", 4 }, { "\xf4\x8f\xbf\xbf", 4 },
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(c) / sizeof(c[0]); i++)
		assert_int_equal(utf8_len(c[i].text, c[i].len), c[i].len);
	assert_int_equal(utf8_len("\0", 1), 1);
}

static void
refuses_everything_else(void **state)
{
	static const char *const	bad[] = {
		"\x80", "\xbf", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf",
		"\xe0\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf",
		"\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
		"\xff", "\xfe", "\xc2", "\xc2\x41", "\xe2\x82", "\xe2\x82\x41",
		"\xf0\x9f\x98", "\xf0\x9f\x98\x41",
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(utf8_len(bad[i], strlen(bad[i])), 0);
}

static void
never_reads_past_the_end(void **state)
{
	(void)state;
	assert_int_equal(utf8_len("\xe2\x82\xac", 2), 0);
	assert_int_equal(utf8_len("", 0), 0);
	assert_int_equal(utf8_len(NULL, 0), 0);
}

static void
a_text_is_valid_if_all_of_it_is(void **state)
{
	static const char	good[] = "Žofie – 会議 😀";

	(void)state;
	assert_true(utf8_valid(good, sizeof(good) - 1));
	assert_false(utf8_valid(good, sizeof(good) - 2));
	assert_true(utf8_valid("", 0));
	assert_false(utf8_valid("ab\xff" "c", 4));
}

/*
 * The check looks at several bytes together, so one bad byte must be found at
 * each place among them.
 */
static void
one_bad_byte_is_found_anywhere(void **state)
{
	char	text[33];
	size_t	i, n;

	(void)state;
	for (n = 0; n < sizeof(text); n++) {
		memset(text, 'a', n);
		assert_true(utf8_valid(text, n));
		for (i = 0; i < n; i++) {
			text[i] = '\x80';
			assert_false(utf8_valid(text, n));
			text[i] = 'a';
		}
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(knows_the_first_and_last_of_each_length),
		promise(refuses_everything_else),
		promise(never_reads_past_the_end),
		promise(a_text_is_valid_if_all_of_it_is),
		promise(one_bad_byte_is_found_anywhere),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
