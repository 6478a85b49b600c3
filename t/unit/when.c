/*
 * when: tests of lib/when.h, moments as text.
 */
#include "t/unit/helper.h"

#include <stdbool.h>

#include "lib/when.h"

static void
a_time_is_one_that_can_be_stored(void **state)
{
	static const struct {
		const char	*text;
		bool		 good;
	} t[] = {
		{ "2026-11-20T10:00:00Z", true },
		{ "2024-02-29T23:59:59.123456Z", true },
		{ "2026-11-20T10:00:00.123456789Z", true },
		{ "2026-02-29T00:00:00Z", false },
		{ "2026-13-01T00:00:00Z", false },
		{ "2026-00-01T00:00:00Z", false },
		{ "2026-04-31T00:00:00Z", false },
		{ "2026-01-01T24:00:00Z", false },
		{ "2026-01-01T00:00:60Z", false },
		{ "1969-12-31T23:59:59Z", false },
		{ "2026-01-01T00:00:00.Z", false },
		{ "2026-01-01T00:00:00.0123456789Z", false },
		{ "2026-01-01T00:00:00", false },
		{ "2026-01-01T00:00:00+01:00", true },
		{ "1970-01-01T00:30:00+01:00", false },
		{ "2026-01-01T00:00:00+0100", false },
		{ "2026-01-01 00:00:00Z", false },
		{ "yesterday", false },
		{ "", false },
	};
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		if ((when_read(mem, t[i].text) != NULL) != t[i].good)
			fail_msg("%s", t[i].text);
	assert_null(when_read(mem, NULL));
}

static void
one_moment_has_one_form(void **state)
{
	static const struct {
		const char	*text;
		const char	*form;
	} t[] = {
		{ "2026-11-20T10:00:00Z", "2026-11-20T10:00:00.000000Z" },
		{ "2026-11-20T10:00:00.5Z", "2026-11-20T10:00:00.500000Z" },
		{ "2026-11-20T10:00:00.1234567Z",
		    "2026-11-20T10:00:00.123456Z" },
		{ "2026-03-01T00:30:00+01:00", "2026-02-28T23:30:00.000000Z" },
		{ "2024-02-28T23:30:00-01:00", "2024-02-29T00:30:00.000000Z" },
		{ "2026-12-31T23:59:59-00:01", "2027-01-01T00:00:59.000000Z" },
	};
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		assert_string_equal(when_read(mem, t[i].text), t[i].form);
}

static void
others_times_are_read_however_they_are_written(void **state)
{
	static const struct {
		const char	*text;
		const char	*form;
	} t[] = {
		{ "2026-11-28T10:00:00.5Z", "2026-11-28T10:00:00.500000Z" },
		{ "2026-11-28T10:00Z", "2026-11-28T10:00:00.000000Z" },
		{ "2026-11-28T10:00+02:00", "2026-11-28T08:00:00.000000Z" },
		{ "2026-11-28T10:00:00+0200", "2026-11-28T08:00:00.000000Z" },
		{ "2026-11-28T10:00:00-02", "2026-11-28T12:00:00.000000Z" },
		{ "2026-11-28 10:00:00Z", "2026-11-28T10:00:00.000000Z" },
		{ "2026-11-28t10:00:00z", "2026-11-28T10:00:00.000000Z" },
		{ "2026-11-28 10:00:00 UTC", "2026-11-28T10:00:00.000000Z" },
		{ "2026-11-28 10:00:00 gmt", "2026-11-28T10:00:00.000000Z" },
		{ "2026-11-28 10:00:00 +0200", "2026-11-28T08:00:00.000000Z" },
		{ "2026-11-28T10:00:00,25Z", "2026-11-28T10:00:00.250000Z" },
		{ "2026-11-28T10:00:00.12345678901Z",
		    "2026-11-28T10:00:00.123456Z" },
		{ " 2026-11-28T10:00:00Z ", "2026-11-28T10:00:00.000000Z" },
		{ "2026-12-31T23:59:60Z", "2027-01-01T00:00:00.000000Z" },
		{ "2026-12-31T23:59:60.5+0100",
		    "2026-12-31T23:00:00.500000Z" },
	};
	size_t		 i;
	const char	*form;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		form = when_read_loose(mem, t[i].text);
		if (form == NULL)
			fail_msg("not read: %s", t[i].text);
		assert_string_equal(form, t[i].form);
	}
}

static void
what_is_no_moment_is_not_guessed(void **state)
{
	static const char *const	bad[] = {
		"", " ", "yesterday", "2026-11-28", "2026-11-28T", "10:00Z",
		"2026-11-28T10:00", "2026-11-28T10:00:00", "2026-11-28T10Z",
		"2026-11-28T10:00:00 02:00", "2026-11-28T10:00:00+2",
		"2026-11-28T10:00:00+020", "2026-11-28T10:00:00+02:0",
		"2026-11-28T10:00:00+02:00:00", "2026-11-28T10:00:00 CET",
		"2026-11-28T10:00:61Z", "2026-11-28T10:60:00Z",
		"2026-11-28T24:00:01Z", "2026-02-30T10:00:00Z",
		"2026-11-28T10:00.5Z", "2026-11-28T10:00:00.Z",
		"2026-11-28T10:00:00ZZ", "2026-11-28T10:00:00Z x",
		"2026-11-28T10:00:00+99", "1969-12-31T23:59:59Z",
		"9999-12-31T23:59:60Z", "1795946400", "28.11.2026 10:00Z",
	};
	size_t	i;

	(void)state;
	assert_null(when_read_loose(mem, NULL));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (when_read_loose(mem, bad[i]) != NULL)
			fail_msg("read: %s", bad[i]);
}

static void
a_time_is_told_in_milliseconds(void **state)
{
	(void)state;
	assert_int_equal(when_unix_ms("1970-01-01T00:00:00.000000Z"), 0);
	assert_int_equal(when_unix_ms("2026-11-28T10:00:01.234567Z"),
	    1795860001234);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(a_time_is_one_that_can_be_stored),
		promise(one_moment_has_one_form),
		promise(others_times_are_read_however_they_are_written),
		promise(what_is_no_moment_is_not_guessed),
		promise(a_time_is_told_in_milliseconds),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
