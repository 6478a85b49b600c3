/*
 * roles: what keeps tenants apart cannot be got around by the run-time role, by
 * a table that lacks its policies, or by a function that anybody may call.
 */
#include "t/repo/helper.h"

#include "app/repo/ops_schema.h"

enum {
	DEFINERS, DEFINERS_LOOSE, DEFINERS_PATIENT, FUNCTIONS_OPEN,
	CATALOGUE__MAX
};

static const struct db_stmt	catalogue[CATALOGUE__MAX] = {
	[DEFINERS] = {
		.name = "definers",
		.sql =
		    "SELECT p.oid::regprocedure"
		    "  FROM pg_proc p"
		    " WHERE p.pronamespace = 'public'::regnamespace"
		    "   AND p.prosecdef",
	},
	[DEFINERS_LOOSE] = {
		.name = "definers_loose",
		.sql =
		    "SELECT p.oid::regprocedure"
		    "  FROM pg_proc p"
		    " WHERE p.pronamespace = 'public'::regnamespace"
		    "   AND p.prosecdef"
		    "   AND (p.proowner <> 'calendlyd_definer'::regrole"
		    "	     OR NOT EXISTS (SELECT"
		    "		FROM unnest(p.proconfig) c"
		    "		WHERE c = 'search_path=public, pg_temp'))",
	},
	[DEFINERS_PATIENT] = {
		.name = "definers_patient",
		.sql =
		    "SELECT p.oid::regprocedure"
		    "  FROM pg_proc p"
		    " WHERE p.pronamespace = 'public'::regnamespace"
		    "   AND p.prosecdef"
		    "   AND p.provolatile = 'v'"
		    "   AND NOT EXISTS (SELECT"
		    "	FROM unnest(p.proconfig) c"
		    "	WHERE c LIKE 'lock_timeout=%')",
	},
	[FUNCTIONS_OPEN] = {
		.name = "functions_open",
		.sql =
		    "SELECT p.oid::regprocedure"
		    "  FROM pg_proc p"
		    " WHERE p.pronamespace = 'public'::regnamespace"
		    "   AND has_function_privilege('public', p.oid, 'EXECUTE')",
	},
};

static void
row_level_security_is_forced_on_every_table(void **state)
{
	struct db		*db = open_owner();
	const char *const	*list;
	int			 n;

	(void)state;
	ok(ops_exposed_list(db, mem, &list, &n));
	if (n > 0)
		fail_msg("%s: no forced row-level security", list[0]);
	/* A table without row-level security is found by the same query. */
	ok(db_begin(db));
	ok(db_script(db, "CREATE TABLE exposed (tenant_id bigint)", "test"));
	ok(ops_exposed_list(db, mem, &list, &n));
	assert_int_equal(n, 1);
	assert_string_equal(list[0], "exposed");
	db_rollback(db);
	db_free(db);
}

/*
 * Runs a script in a transaction that is rolled back; returns its SQLSTATE, ""
 * if it succeeds.
 */
static const char *
state_of(struct db *db, const char *sql)
{
	const char	*state;
	enum cal_err	 rc;

	ok(db_begin(db));
	hush();
	rc = db_script(db, sql, "test");
	unhush();
	state = rc == CAL_OK ? "" : arena_dup(mem, db_sqlstate(db));
	db_rollback(db);
	return state;
}

static void
the_run_time_role_owns_nothing(void **state)
{
	struct ops_role	 role;
	struct db	*owner = open_owner(), *db = open_runtime();

	(void)state;
	ok(ops_role_find(owner, mem, db_url_part(mem, runtime_url(), "user"),
	    &role));
	assert_true(role.runtime && role.login);
	assert_false(role.super || role.bypass || role.creates_roles);
	assert_false(role.owns);
	assert_string_equal(state_of(db, "SELECT * FROM accounts"), "42501");
	assert_string_equal(state_of(db, "SELECT * FROM api_keys"), "42501");
	assert_string_equal(state_of(db, "SET ROLE calendlyd_definer"),
	    "42501");
	assert_string_equal(state_of(db, "CREATE TABLE mine ()"), "42501");
	assert_string_equal(state_of(db, "ALTER TABLE jobs DISABLE ROW LEVEL "
	    "SECURITY"), "42501");
	assert_string_equal(state_of(db, "UPDATE deployment SET deployment_id "
	    "= gen_random_uuid()"), "42501");
	db_free(db);
	db_free(owner);
}

static void
functions_that_look_across_tenants_are_the_definers_alone(void **state)
{
	struct db	*db = open_as(owner_url(), catalogue, CATALOGUE__MAX);
	struct db_rows	 rows;

	(void)state;
	ok(db_run(db, mem, DB_QUERY0(DEFINERS), &rows));
	assert_true(rows.n > 10);
	ok(db_run(db, mem, DB_QUERY0(DEFINERS_LOOSE), &rows));
	if (rows.n > 0)
		fail_msg("%s: owner or search_path", db_cell(&rows, 0, 0));
	ok(db_run(db, mem, DB_QUERY0(FUNCTIONS_OPEN), &rows));
	if (rows.n > 0)
		fail_msg("%s: PUBLIC may call it", db_cell(&rows, 0, 0));
	db_free(db);
}

/*
 * Without a lock_timeout, one tenant's row that somebody holds would make these
 * functions wait, and with them all other tenants.
 */
static void
functions_that_look_across_tenants_wait_briefly(void **state)
{
	struct db	*db = open_as(owner_url(), catalogue, CATALOGUE__MAX);
	struct db_rows	 rows;

	(void)state;
	ok(db_run(db, mem, DB_QUERY0(DEFINERS_PATIENT), &rows));
	if (rows.n > 0)
		fail_msg("%s: no lock_timeout", db_cell(&rows, 0, 0));
	db_free(db);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(row_level_security_is_forced_on_every_table),
		promise(the_run_time_role_owns_nothing),
		promise(
		    functions_that_look_across_tenants_are_the_definers_alone),
		promise(functions_that_look_across_tenants_wait_briefly),
	};

	return run_promises(tests);
}
