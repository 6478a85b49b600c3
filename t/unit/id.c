/*
 * The promises of app/calendly/id.h.
 */
#include "t/unit/helper.h"

#include <stdbool.h>

#include "app/calendly/id.h"

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

static void
whatever_else_names_nothing(void **state)
{
	static const char *const	bad[] = {
		"", "/", UUID, "https://api.calendly.com/users/",
		"x/" UUID "/", "x/" UUID "?a=b", "x/" UUID " ", "x/" UUID "0",
		"x/3c9e4e9f-21c0-4bb4-a5d5-1d5a6b0f2a7",
		"x/3c9e4e9f-21c0-4bb4-a5d5-1d5a6b0f2a7g",
		"x/3c9e4e9f021c0-4bb4-a5d5-1d5a6b0f2a77",
		"x/abcdefghijklmno7", "x/ABCDEFGHIJKLMNO", "x/../ABC",
		"x/ABCDEFGHIJKLMNO_", "x/me", "x/ABCDEFGHIJKLMNO77",
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
	assert_false(id_same(mem, "x/me", "x/me"));
	assert_false(id_same(mem, "x/" UUID, NULL));
	assert_false(id_same(mem, "x/ABCDEFGHIJKLMNO7",
	    "x/ABCDEFGHIJKLMNO8"));
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(a_thing_is_known_by_the_last_part),
		promise(a_uuid_is_the_same_in_capitals),
		promise(whatever_else_names_nothing),
		promise(what_names_nothing_is_the_same_as_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
