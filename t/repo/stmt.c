/*
 * stmt: every statement can be prepared against the migrated schema.
 */
#include "t/repo/helper.h"

#include <libpq-fe.h>

#include "app/repo/row.h"
#include "app/repo/schema.h"
#include "app/repo/tenant.h"

/*
 * The statements are prepared as the owner, who may run all of them, also those
 * that only calendlyctl runs.
 */
static void
every_statement_prepares(void **state)
{
	struct db	*db = open_owner();

	(void)state;
	ok(db_prepare_all(db));
	db_free(db);
}

static void
every_statement_has_a_name_of_its_own(void **state)
{
	int	 i, k;

	(void)state;
	for (i = 0; i < STMT__MAX; i++) {
		assert_non_null(stmt_table[i].name);
		assert_non_null(stmt_table[i].sql);
		for (k = 0; k < i; k++)
			assert_string_not_equal(stmt_table[i].name,
			    stmt_table[k].name);
	}
}

/*
 * A parameter beyond "nparam" would make a statement fail only when it is run.
 */
static void
every_statement_counts_its_parameters(void **state)
{
	const char	*p;
	long		 most;
	int		 i;

	(void)state;
	for (i = 0; i < STMT__MAX; i++) {
		most = 0;
		for (p = stmt_table[i].sql; (p = strchr(p, '$')) != NULL; p++)
			if (strtol(p + 1, NULL, 10) > most)
				most = strtol(p + 1, NULL, 10);
		if (most != stmt_table[i].nparam)
			fail_msg("%s: $%ld is its last parameter, nparam %d",
			    stmt_table[i].name, most, stmt_table[i].nparam);
	}
}

/* The names that PostgreSQL gives a statement's columns, as the owner sees. */
static PGresult *
described(PGconn *conn, const struct db_stmt *st)
{
	PGresult	*res;

	PQclear(PQprepare(conn, st->name, st->sql, 0, NULL));
	res = PQdescribePrepared(conn, st->name);
	if (PQresultStatus(res) != PGRES_COMMAND_OK)
		fail_msg("%s: %s", st->name, PQerrorMessage(conn));
	return res;
}

static void
compare(const struct db_stmt *st, const PGresult *res)
{
	const int	 n = PQnfields(res);
	int		 i;

	if (st->row == NULL) {
		if (n > 1)
			fail_msg("%s: says no .row for %d columns", st->name,
			    n);
		return;
	}
	for (i = 0; i < n && i < st->row->ncolumn; i++)
		if (strcmp(PQfname(res, i), st->row->column[i].name) != 0)
			fail_msg("%s: column %d is %s, not %s", st->name,
			    i + 1, PQfname(res, i), st->row->column[i].name);
	if (n != st->row->ncolumn)
		fail_msg("%s: %d columns, not %d", st->name, n,
		    st->row->ncolumn);
}

/* A member that is filled from another's column would fail nowhere else. */
static void
every_row_has_the_columns_that_are_read_from_it(void **state)
{
	PGconn		*conn = PQconnectdb(owner_url());
	PGresult	*res;
	int		 i;

	(void)state;
	for (i = 0; i < STMT__MAX; i++) {
		res = described(conn, &stmt_table[i]);
		compare(&stmt_table[i], res);
		PQclear(res);
	}
	PQfinish(conn);
}

static void
the_database_has_the_schema_of_the_program(void **state)
{
	struct deployment	 d;
	struct schema		 now;
	struct db		*db = open_runtime();

	(void)state;
	ok(schema_look(db, mem, &now));
	assert_int_equal(now.state, SCHEMA_SAME);
	assert_null(now.why);
	ok(deployment_find(db, mem, &d));
	assert_non_null(d.id);
	assert_true(d.canary.n > 0);
	db_free(db);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(every_statement_prepares),
		promise(every_statement_has_a_name_of_its_own),
		promise(every_statement_counts_its_parameters),
		promise(every_row_has_the_columns_that_are_read_from_it),
		promise(the_database_has_the_schema_of_the_program),
	};

	return run_promises(tests);
}
