/*
 * callback: tests of app/calendly/callback.h.  Callback URLs that differ only
 * in spelling (case of scheme and host, default port, slashes at the end) are
 * the same; all others differ.
 */
#include "t/unit/helper.h"

#include "app/calendly/callback.h"

#define OURS	"https://example.com/webhooks/calendly/abc"

static void
same_place_however_spelled(void **state)
{
	static const char *const spelled[] = {
		OURS, OURS "/", OURS "//", "HTTPS://Example.COM:443"
		"/webhooks/calendly/abc",
	};
	size_t	 i;

	(void)state;
	for (i = 0; i < sizeof(spelled) / sizeof(spelled[0]); i++)
		assert_true(callback_same(mem, OURS, spelled[i]));
}

static void
another_place_is_another(void **state)
{
	static const char *const other[] = {
		NULL, "", "abc", "https://example.com/webhooks/calendly/ABC",
		"https://example.com:8443/webhooks/calendly/abc",
		"http://example.com/webhooks/calendly/abc",
	};
	size_t	 i;

	(void)state;
	for (i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		assert_false(callback_same(mem, OURS, other[i]));
	assert_false(callback_same(mem, OURS, OURS "?a"));
}

static void
last_part_is_found(void **state)
{
	(void)state;
	assert_string_equal(callback_last(mem, OURS), "abc");
	assert_string_equal(callback_last(mem, OURS "/?x=/y"), "abc");
	assert_string_equal(callback_last(mem, "abc"), "");
	assert_string_equal(callback_last(mem, ""), "");
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(same_place_however_spelled),
		promise(another_place_is_another),
		promise(last_part_is_found),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
