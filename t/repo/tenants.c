/*
 * tenants: no tenant sees another tenant's rows, whatever condition a statement
 * forgets.
 *
 * The tables come from the catalogue, so a table that is added later and lacks
 * its policies, or its row in two_tenants.h, fails here.
 */
#include "t/repo/helper.h"

#include "t/repo/two_tenants.h"

enum { TENANT_COLUMNS, TENANT_IDS, CATALOGUE__MAX };

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
};

/*
 * What is tried on each table, as calendlyd.  T stands for the table, and C for
 * the column that names the tenant.
 */
enum deed { COUNT, COUNT_OTHERS, UPDATE_ALL, MOVE_ALL, DELETE_ALL,
	DELETE_OTHERS, INSERT_OTHERS, DEED__MAX };

static const char *const	deeds[DEED__MAX] = {
	[COUNT] = "SELECT C FROM T",
	[COUNT_OTHERS] = "SELECT C FROM T WHERE C = $1::bigint",
	[UPDATE_ALL] = "UPDATE T SET C = C",
	[MOVE_ALL] = "UPDATE T SET C = $1::bigint",
	[DELETE_ALL] = "DELETE FROM T",
	[DELETE_OTHERS] = "DELETE FROM T WHERE C = $1::bigint",
	[INSERT_OTHERS] = "INSERT INTO T (C) VALUES ($1::bigint)",
};

static struct db_rows	 tables;	/* each one's name and column */
static struct db_stmt	*deed_stmts;	/* DEED__MAX for each table */
static const char	*anna, *boris;

/* Returns "sql" with the word C replaced by "column", and T by "table". */
static const char *
fill(const char *sql, const char *column, const char *table)
{
	struct buf	 b;
	size_t		 n;

	buf_init(&b, mem, 0);
	for (; *sql != '\0'; sql += n) {
		n = strcspn(sql, " ()");
		if (n == 1 && (*sql == 'C' || *sql == 'T'))
			(void)buf_puts(&b, *sql == 'C' ? column : table);
		else
			(void)buf_add(&b, sql, n);
		while (sql[n] != '\0' && strchr(" ()", sql[n]) != NULL)
			(void)buf_add(&b, &sql[n++], 1);
	}
	return b.p;
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

/* Begins a transaction as calendlyd does, for a tenant, or for none (NULL). */
static void
begin(struct db *db, const char *tenant)
{
	ok(db_begin(db));
	if (tenant != NULL)
		ok(db_script(db, arena_printf(mem, "SET LOCAL "
		    "calendlyd.tenant = '%s'", tenant), "tenant"));
}

/*
 * Returns what rows_of() does for a failure.  SQLSTATE 428C9 refuses a value
 * for an id that only the database gives.
 */
static int
refusal(const char *state)
{
	if (strcmp(state, "42501") == 0 || strcmp(state, "428C9") == 0)
		return -1;
	return strcmp(state, "23503") == 0 ? -2 : -3;
}

/*
 * Returns how many rows a deed on table "i" finds or changes, in a transaction
 * that is rolled back; -1 if calendlyd may not do it at all, -2 if a foreign
 * key forbids it, -3 if it fails otherwise.
 */
static int
rows_of(struct db *db, int i, enum deed deed, const char *tenant,
    const char *arg)
{
	struct db_query	 q;
	struct db_rows	 rows;
	enum cal_err	 rc;
	int		 n;

	begin(db, tenant);
	hush();
	q = DB_QUERY(i * DEED__MAX + (int)deed, db_text(arg));
	q.n = deed_stmts[q.stmt].nparam;
	rc = db_run(db, mem, q, &rows);
	unhush();
	n = rc == CAL_OK ? rows.n : refusal(db_sqlstate(db));
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
	script(two_tenants);
	db = open_as(owner_url(), catalogue, CATALOGUE__MAX);
	ok(db_run(db, mem, DB_QUERY0(TENANT_COLUMNS), &tables));
	ok(db_run(db, mem, DB_QUERY0(TENANT_IDS), &ids));
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
		    "add a row of each tenant to two_tenants.h");
		must(rows_of(db, i, COUNT_OTHERS, NULL, boris) > 0, i,
		    "add a row of each tenant to two_tenants.h");
	}
	db_free(db);
}

static void
without_a_tenant_there_are_no_rows(void **state)
{
	struct db	*db = open_deeds(runtime_url());
	int		 i, n;

	(void)state;
	for (i = 0; i < tables.n; i++) {
		n = rows_of(db, i, COUNT, NULL, NULL);
		must(n == 0 || n == -1, i, "SELECT");
		n = rows_of(db, i, UPDATE_ALL, NULL, NULL);
		must(n == 0 || n == -1, i, "UPDATE");
		n = rows_of(db, i, DELETE_ALL, NULL, NULL);
		must(n == 0 || n == -1, i, "DELETE");
		must(rows_of(db, i, INSERT_OTHERS, NULL, boris) == -1, i,
		    "INSERT");
	}
	db_free(db);
}

static void
a_statement_that_forgets_the_tenant_meets_its_own(void **state)
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
	int		 i, n;

	(void)state;
	for (i = 0; i < tables.n; i++) {
		n = rows_of(db, i, COUNT_OTHERS, anna, boris);
		must(n == 0 || n == -1, i, "SELECT");
		n = rows_of(db, i, DELETE_OTHERS, anna, boris);
		must(n == 0 || n == -1, i, "DELETE");
		must(rows_of(db, i, INSERT_OTHERS, anna, boris) == -1, i,
		    "INSERT");
		must(rows_of(db, i, MOVE_ALL, anna, boris) == -1, i,
		    "UPDATE that gives rows away");
	}
	db_free(db);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(the_fixture_fills_every_table_for_both),
		promise(without_a_tenant_there_are_no_rows),
		promise(
		    a_statement_that_forgets_the_tenant_meets_its_own),
		promise(another_tenants_rows_cannot_be_reached_by_name),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, group_teardown);
}
