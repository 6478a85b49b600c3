/*
 * The promises of lib/when.h.
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

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(a_time_is_one_that_can_be_stored),
		promise(one_moment_has_one_form),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
