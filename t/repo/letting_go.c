/*
 * letting_go: when a grant may be abandoned or erased, and when it may not.
 */
#include "t/repo/grants.h"

#define conflict(call)	assert_int_equal((call), CAL_CONFLICT)

/*
 * While the teardown revokes the old pair, a refresh may store a new one, so a
 * grant is erased only if its pair is still the one that was revoked.
 */
static void
a_pair_that_came_meanwhile_is_not_erased_unrevoked(void **state)
{
	struct grant	 g = new_grant(a);

	(void)state;
	ok(in_tenant(a, grant_mark_teardown(tx_of(a), g.id)));
	ok(in_tenant(b, lease_commit(tx_of(b), g.id, g.generation, &pair)));
	conflict(in_tenant(a, grant_erase(tx_of(a), g.id, g.generation)));
	ok(in_tenant(a, grant_erase(tx_of(a), g.id, g.generation + 1)));
}

/*
 * The commit that made the grant live may succeed although its answer is lost,
 * so whoever then gives the grant up must find it in use.
 */
static void
what_serves_is_not_abandoned(void **state)
{
	struct grant	 g = new_grant(a);

	(void)state;
	conflict(in_tenant(a, grant_abandon(tx_of(a), g.id, true)));
	ok(in_tenant(a, grant_load(tx_of(a), g.id, &g)));
	assert_int_equal(g.status, GRANT_LIVE);
}

/*
 * Adds a grant before it is known to which account it belongs; returns its id.
 */
static const char *
new_unowned(void)
{
	const char	*id = crypto_uuid(mem);

	ok(in_tenant(a, grant_add(tx_of(a), id, NULL, NULL, NULL, &pair)));
	return id;
}

static void
a_pair_of_an_unknown_account_is_never_revoked(void **state)
{
	const char	*id = new_unowned();
	struct grant	 g;
	bool		 shared = false;

	(void)state;
	ok(in_tenant(a, grant_load(tx_of(a), id, &g)));
	assert_null(g.account_id);
	assert_null(g.user_uri);
	ok(in_tenant(a, grant_abandon(tx_of(a), id, true)));
	ok(in_tenant(a, account_revoke_begin(tx_of(a), id, 10, &shared)));
	assert_true(shared);
}

static void
it_serves_nobody_before_it_is_known_whose_it_is(void **state)
{
	const char	*id = new_unowned(), *account;
	const char	*connection = new_connection(a, NULL);

	(void)state;
	assert_int_equal(in_tenant(a, grant_bind(tx_of(a), id, connection)),
	    CAL_INVALID);
	ok(account_intern(a, mem, id, &account));
	ok(in_tenant(a, grant_own(tx_of(a), id, account, "user",
	    "organization")));
	ok(in_tenant(a, grant_bind(tx_of(a), id, connection)));
}

static void
who_it_belongs_to_is_settled_once_it_serves(void **state)
{
	struct grant	 g = new_grant(a);

	(void)state;
	conflict(in_tenant(a, grant_own(tx_of(a), g.id, g.account_id, "other",
	    NULL)));
	ok(in_tenant(a, grant_load(tx_of(a), g.id, &g)));
	assert_string_equal(g.user_uri, "user");
}

/*
 * When a grant's account becomes known, what is known of its organization
 * stays.
 */
static void
what_is_known_of_it_is_kept(void **state)
{
	const char	*id = crypto_uuid(mem), *account;
	struct grant	 g;
	bool		 unusable = true, shared = true;

	(void)state;
	ok(in_tenant(a, grant_add(tx_of(a), id, NULL, NULL, "organization",
	    &pair)));
	ok(in_tenant(a, grant_abandon(tx_of(a), id, false)));
	ok(in_tenant(a, grant_is_unusable(tx_of(a), id, &unusable)));
	assert_false(unusable);
	ok(account_intern(a, mem, id, &account));
	ok(in_tenant(a, grant_own(tx_of(a), id, account, "user", NULL)));
	ok(in_tenant(a, grant_load(tx_of(a), id, &g)));
	assert_string_equal(g.user_uri, "user");
	assert_string_equal(g.organization_uri, "organization");
	ok(in_tenant(a, account_revoke_begin(tx_of(a), id, 10, &shared)));
	assert_false(shared);
}

static bool
is_in_trouble(const char *id)
{
	struct db		*db = open_owner();
	struct ops_trouble	*all;
	bool			 found = false;
	int			 i, n;

	ok(ops_trouble_list(db, mem, NULL, 1000, &all, &n));
	for (i = 0; i < n; i++)
		found = found || strcmp(all[i].grant_id, id) == 0;
	db_free(db);
	return found;
}

static void
trouble_is_listed_until_the_teardown_ends(void **state)
{
	struct grant	 g = new_grant(a);

	(void)state;
	ok(in_tenant(a, grant_mark_teardown(tx_of(a), g.id)));
	assert_false(is_in_trouble(g.id));
	ok(in_tenant(a, grant_mark_trouble(tx_of(a), g.id,
	    TROUBLE_REVOCATION_REFUSED)));
	assert_true(is_in_trouble(g.id));
	ok(in_tenant(a, grant_erase(tx_of(a), g.id, g.generation)));
	assert_false(is_in_trouble(g.id));
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(a_pair_that_came_meanwhile_is_not_erased_unrevoked),
		promise(what_serves_is_not_abandoned),
		promise(a_pair_of_an_unknown_account_is_never_revoked),
		promise(it_serves_nobody_before_it_is_known_whose_it_is),
		promise(who_it_belongs_to_is_settled_once_it_serves),
		promise(what_is_known_of_it_is_kept),
		promise(trouble_is_listed_until_the_teardown_ends),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, grants_setup, grants_teardown);
}
