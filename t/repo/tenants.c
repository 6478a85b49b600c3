/*
 * tenants: no tenant sees another's rows, whatever a statement forgets.
 *
 * The tables come from the catalogue: one that is added later and lacks its
 * policies, or its row in the fixture below, fails here.
 */
#include "t/repo/helper.h"

#include "app/repo/ops_schema.h"
#include "app/repo/tenant.h"

/* One row of each of two tenants in every table. */
static const char	fixture[] =
    "DO $$"
    "DECLARE"
    "	who text; t bigint; c uuid; g uuid; e bigint; s uuid; d bigint;"
    "	a bigint; n uuid; "
    "BEGIN"
    "  INSERT INTO accounts (user_uuid) VALUES ('shared') RETURNING id INTO a;"
    "  FOREACH who IN ARRAY ARRAY['anna', 'boris'] LOOP"
    "    INSERT INTO tenants (name) VALUES (who) RETURNING id INTO t;"
    "    INSERT INTO tenant_origins VALUES (t, 'https://example.com');"
    "    INSERT INTO api_keys (tenant_id, hash)"
    "      VALUES (t, sha256(who::bytea));"
    "    INSERT INTO audit (tenant_id, actor, action) VALUES (t, 'x', 'x');"
    "    INSERT INTO connections (tenant_id, user_id, status)"
    "      VALUES (t, 'u', 'connected') RETURNING id INTO c;"
    "    INSERT INTO grants (tenant_id, connection_id, account_id, status,"
    "	     user_uri, organization_uri)"
    "      VALUES (t, c, a, 'live', 'u', 'o') RETURNING id INTO g;"
    "    UPDATE connections SET grant_id = g WHERE id = c;"
    "    INSERT INTO endpoints (tenant_id, connection_id, grant_id, hash)"
    "      VALUES (t, c, g, sha256(who::bytea)) RETURNING id INTO e;"
    "    INSERT INTO subscriptions (tenant_id, grant_id, endpoint_id,"
    "	     organization_uri, events) VALUES (t, g, e, 'o', '{x}');"
    "    INSERT INTO connect_sessions (tenant_id, hash, user_id, expires_at)"
    "      VALUES (t, sha256(who::bytea), 'u', now()) RETURNING id INTO s;"
    "    INSERT INTO oauth_states (tenant_id, id, session_id, hash,"
    "	     browser_hash, expires_at) VALUES (t, gen_random_uuid(), s,"
    "	     sha256(who::bytea), sha256(who::bytea), now());"
    "    INSERT INTO identities (identity, tenant_id, connection_id)"
    "      VALUES (who::bytea, t, c);"
    "    INSERT INTO deliveries_in (tenant_id, connection_id, endpoint_id,"
    "	     identity, signed_with, body) VALUES (t, c, e, who::bytea, 0,"
    "	     'x') RETURNING id INTO d;"
    "    INSERT INTO delivery_queue (delivery_id, tenant_id) VALUES (d, t);"
    "    INSERT INTO events (id, tenant_id, connection_id, user_id, type,"
    "	     source, occurred_at, received_at, data) VALUES ("
    "	     gen_random_uuid(), t, c, 'u', 'x', 'system', now(), now(),"
    "	     '{}') RETURNING id INTO n;"
    "    INSERT INTO event_queue (tenant_id, event_id) VALUES (t, n);"
    "    INSERT INTO feed (tenant_id, seq, event_id) VALUES (t, 1, n);"
    "    INSERT INTO jobs (tenant_id, kind, subject) VALUES (t, 'x', who);"
    "    INSERT INTO api_calls (tenant_id, request_id, purpose, method,"
    "	     path, duration_ms) VALUES (t, 'r', 'x', 'GET', '/', 1);"
    "  END LOOP;"
    "END $$";

enum { TENANT_COLUMNS, TENANT_IDS, DEFINERS, DEFINERS_LOOSE, FUNCTIONS_OPEN,
	CATALOGUE__MAX };

static const struct db_stmt	catalogue[CATALOGUE__MAX] = {
	[TENANT_COLUMNS] = {
		.name = "tenant_columns",
		.sql =
		    "SELECT k.relname, a.attname"
		    "  FROM pg_class k"
		    "  JOIN pg_namespace n ON n.oid = k.relnamespace"
		    "  JOIN pg_attribute a ON a.attrelid = k.oid"
		    " WHERE n.nspname = 'public'"
		    "   AND k.relkind IN ('r', 'p', 'v', 'm', 'f')"
		    "   AND NOT a.attisdropped"
		    "   AND (a.attname = 'tenant_id'"
		    "	     OR (k.relname = 'tenants' AND a.attname = 'id'))"
		    " ORDER BY k.relname",
	},
	[TENANT_IDS] = {
		.name = "tenant_ids",
		.sql =
		    "SELECT id FROM tenants WHERE name IN ('anna', 'boris')"
		    " ORDER BY name",
	},
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
	[FUNCTIONS_OPEN] = {
		.name = "functions_open",
		.sql =
		    "SELECT p.oid::regprocedure"
		    "  FROM pg_proc p"
		    " WHERE p.pronamespace = 'public'::regnamespace"
		    "   AND has_function_privilege('public', p.oid, 'EXECUTE')",
	},
};

/* What is tried on each table, as calendlyd; %1$s table, %2$s column. */
enum deed { COUNT, COUNT_OTHERS, UPDATE_ALL, MOVE_ALL, DELETE_ALL,
	DELETE_OTHERS, INSERT_OTHERS, DEED__MAX };

static const char *const	deeds[DEED__MAX] = {
	[COUNT] = "SELECT %1$s FROM %2$s",
	[COUNT_OTHERS] = "SELECT %1$s FROM %2$s WHERE %1$s = $1::bigint",
	[UPDATE_ALL] = "UPDATE %2$s SET %1$s = %1$s",
	[MOVE_ALL] = "UPDATE %2$s SET %1$s = $1::bigint",
	[DELETE_ALL] = "DELETE FROM %2$s",
	[DELETE_OTHERS] = "DELETE FROM %2$s WHERE %1$s = $1::bigint",
	[INSERT_OTHERS] = "INSERT INTO %2$s (%1$s) VALUES ($1::bigint)",
};

static struct db_rows	 tables;	/* name, column */
static struct db_stmt	*deed_stmts;	/* DEED__MAX for each table */
static const char	*anna, *boris;

static const char *
fill(const char *format, const char *column, const char *table)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	return arena_printf(mem, format, column, table);
#pragma GCC diagnostic pop
}

static void
make_deeds(void)
{
	struct db_stmt	*st;
	int		 i;

	deed_stmts = arena_array(mem, (size_t)tables.n * DEED__MAX,
	    sizeof(*deed_stmts));
	for (i = 0; i < tables.n * DEED__MAX; i++) {
		st = &deed_stmts[i];
		st->name = arena_printf(mem, "deed_%d", i);
		st->sql = fill(deeds[i % DEED__MAX],
		    db_cell(&tables, i / DEED__MAX, 1),
		    db_cell(&tables, i / DEED__MAX, 0));
		st->nparam = strstr(st->sql, "$1") != NULL;
	}
}

static struct db *
open_deeds(const char *url)
{
	return open_as(url, deed_stmts, (size_t)tables.n * DEED__MAX);
}

/* Begin as calendlyd does, for a tenant or for none. */
static void
begin(struct db *db, const char *tenant)
{
	ok(db_begin(db));
	if (tenant != NULL)
		ok(db_script(db, arena_printf(mem, "SET LOCAL "
		    "calendlyd.tenant = '%s'", tenant), "tenant"));
}

/*
 * How many rows a deed on table "i" finds or changes, in a transaction that
 * is rolled back; -1 if calendlyd may not do it at all, -2 if other rows hold
 * on to those it would delete.
 */
static int
rows_of(struct db *db, int i, enum deed deed, const char *tenant,
    const char *arg)
{
	struct db_rows	 rows;
	enum cal_err	 rc;
	int		 n;

	begin(db, tenant);
	hush();
	rc = db_run(db, mem, i * DEED__MAX + (int)deed,
	    STMT_ARGS(db_text(arg)), &rows);
	unhush();
	n = rc == CAL_OK ? rows.n :
	    strcmp(db_sqlstate(db), "42501") == 0 ? -1 :
	    strcmp(db_sqlstate(db), "23503") == 0 ? -2 : -3;
	db_rollback(db);
	return n;
}

#define table_name(i)	db_cell(&tables, (i), 0)

#define must(cond, i, what)						\
	do {								\
		if (!(cond))						\
			fail_msg("%s: %s", table_name(i), (what));	\
	} while (0)

static int
setup(void **state)
{
	struct db	*db;
	struct db_rows	 ids;

	if (group_setup(state) != 0)
		return -1;
	script(fixture);
	db = open_as(owner_url(), catalogue, CATALOGUE__MAX);
	ok(db_run(db, mem, TENANT_COLUMNS, NULL, &tables));
	ok(db_run(db, mem, TENANT_IDS, NULL, &ids));
	anna = db_cell(&ids, 0, 0);
	boris = db_cell(&ids, 1, 0);
	make_deeds();
	db_free(db);
	return 0;
}

static void
the_fixture_fills_every_table_for_both(void **state)
{
	struct db	*db = open_deeds(owner_url());
	int		 i;

	(void)state;
	assert_true(tables.n > 15);
	for (i = 0; i < tables.n; i++) {
		must(rows_of(db, i, COUNT_OTHERS, NULL, anna) > 0, i,
		    "add a row for each tenant to the fixture");
		must(rows_of(db, i, COUNT_OTHERS, NULL, boris) > 0, i,
		    "add a row for each tenant to the fixture");
	}
	db_free(db);
}

static void
without_a_tenant_there_are_no_rows(void **state)
{
	struct db	*db = open_deeds(runtime_url());
	int		 i;

	(void)state;
	for (i = 0; i < tables.n; i++) {
		must(rows_of(db, i, COUNT, NULL, NULL) <= 0, i, "SELECT");
		must(rows_of(db, i, UPDATE_ALL, NULL, NULL) <= 0, i, "UPDATE");
		must(rows_of(db, i, DELETE_ALL, NULL, NULL) <= 0, i, "DELETE");
		must(rows_of(db, i, INSERT_OTHERS, NULL, boris) == -1, i,
		    "INSERT");
	}
	db_free(db);
}

static void
a_statement_that_forgets_the_tenant_meets_its_own_rows_alone(void **state)
{
	struct db	*db = open_deeds(runtime_url());
	int		 i, n, own;

	(void)state;
	for (i = 0; i < tables.n; i++) {
		own = rows_of(db, i, COUNT_OTHERS, anna, anna);
		must(rows_of(db, i, COUNT, anna, NULL) == own, i, "SELECT");
		n = rows_of(db, i, UPDATE_ALL, anna, NULL);
		must(n == -1 || n == own, i, "UPDATE");
		n = rows_of(db, i, DELETE_ALL, anna, NULL);
		must(n == -1 || n == -2 || n == own, i, "DELETE");
	}
	db_free(db);
}

static void
another_tenants_rows_cannot_be_reached_by_name(void **state)
{
	struct db	*db = open_deeds(runtime_url());
	int		 i;

	(void)state;
	for (i = 0; i < tables.n; i++) {
		must(rows_of(db, i, COUNT_OTHERS, anna, boris) <= 0, i,
		    "SELECT");
		must(rows_of(db, i, DELETE_OTHERS, anna, boris) <= 0, i,
		    "DELETE");
		must(rows_of(db, i, INSERT_OTHERS, anna, boris) == -1, i,
		    "INSERT");
		must(rows_of(db, i, MOVE_ALL, anna, boris) == -1, i,
		    "UPDATE that gives rows away");
	}
	db_free(db);
}

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
	/* And who asks would be told. */
	ok(db_begin(db));
	ok(db_script(db, "CREATE TABLE exposed (tenant_id bigint)", "test"));
	ok(ops_exposed_list(db, mem, &list, &n));
	assert_int_equal(n, 1);
	assert_string_equal(list[0], "exposed");
	db_rollback(db);
	db_free(db);
}

/* The SQLSTATE of a script that calendlyd runs in a transaction. */
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
	ok(db_run(db, mem, DEFINERS, NULL, &rows));
	assert_true(rows.n > 10);
	ok(db_run(db, mem, DEFINERS_LOOSE, NULL, &rows));
	if (rows.n > 0)
		fail_msg("%s: owner or search_path", db_cell(&rows, 0, 0));
	ok(db_run(db, mem, FUNCTIONS_OPEN, NULL, &rows));
	if (rows.n > 0)
		fail_msg("%s: PUBLIC may call it", db_cell(&rows, 0, 0));
	db_free(db);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(the_fixture_fills_every_table_for_both),
		promise(without_a_tenant_there_are_no_rows),
		promise(
		    a_statement_that_forgets_the_tenant_meets_its_own_rows_alone),
		promise(another_tenants_rows_cannot_be_reached_by_name),
		promise(row_level_security_is_forced_on_every_table),
		promise(the_run_time_role_owns_nothing),
		promise(
		    functions_that_look_across_tenants_are_the_definers_alone),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, group_teardown);
}
