/*
 * letting_go: what is let go of, and what is not.
 */
#include "t/repo/grants.h"

#define conflict(call)	assert_int_equal((call), CAL_CONFLICT)

/* A refresh under way while the teardown revokes. */
static void
a_pair_that_came_meanwhile_is_not_erased_unrevoked(void **state)
{
	struct grant	 g = new_grant(a);

	(void)state;
	ok(in_tenant(a, grant_mark_teardown(a, mem, g.id)));
	ok(in_tenant(b, lease_commit(b, mem, g.id, g.generation, &pair)));
	conflict(in_tenant(a, grant_erase(a, mem, g.id, g.generation)));
	ok(in_tenant(a, grant_erase(a, mem, g.id, g.generation + 1)));
}

/* The answer to the commit that made it live was lost. */
static void
what_serves_is_not_abandoned(void **state)
{
	struct grant	 g = new_grant(a);

	(void)state;
	conflict(in_tenant(a, grant_abandon(a, mem, g.id)));
	ok(in_tenant(a, grant_load(a, mem, g.id, &g)));
	assert_string_equal(g.status, "live");
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(a_pair_that_came_meanwhile_is_not_erased_unrevoked),
		promise(what_serves_is_not_abandoned),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, grants_setup, grants_teardown);
}
