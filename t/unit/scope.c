/*
 * scope: tests of app/domain/scope.h: which scopes are covered by those that
 * were granted.
 */
#include "t/unit/helper.h"

#include "app/domain/scope.h"

static void
writing_includes_reading_of_its_family(void **state)
{
	static const char *const	granted[] = {
		"users:read", "webhooks:write", NULL
	};

	(void)state;
	assert_true(scope_covers(granted, "users:read"));
	assert_true(scope_covers(granted, "webhooks:write"));
	assert_true(scope_covers(granted, "webhooks:read"));
}

static void
nothing_else_is_included(void **state)
{
	static const char *const	granted[] = {
		"users:read", "webhooks:write", NULL
	};
	static const char *const	none[] = { NULL };
	static const char *const	wanted[] = {
		"users:write", "scheduled_events:read", "webhooks",
		"webhook:read", "webhooks:reads", "webhooks:", "user:read",
		"webhooks:write ", "", ":read", ":", "Webhooks:write",
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		assert_false(scope_covers(granted, wanted[i]));
		assert_false(scope_covers(none, wanted[i]));
	}
}

static void
all_are_needed(void **state)
{
	static const char *const	granted[] = {
		"webhooks:write", "users:read", "scheduled_events:write", NULL
	};
	static const char *const	least[] = {
		"users:read", "scheduled_events:read", "webhooks:write", NULL
	};
	static const char *const	more[] = {
		"users:read", "contacts:read", NULL
	};
	static const char *const	none[] = { NULL };

	(void)state;
	assert_true(scopes_cover(granted, least));
	assert_false(scopes_cover(granted, more));
	assert_true(scopes_cover(granted, none));
	assert_true(scopes_cover(none, none));
	assert_false(scopes_cover(none, least));
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(writing_includes_reading_of_its_family),
		promise(nothing_else_is_included),
		promise(all_are_needed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
