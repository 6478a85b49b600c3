/*
 * stmt: every statement is good against the schema.
 */
#include "t/repo/helper.h"

#include "app/repo/tenant.h"
#include "app/version.h"

/* The owner may run all of them, calendlyctl's own, too. */
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

/* "$7" and beyond "nparam" would fail only when it is run. */
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

static void
the_program_knows_the_newest_migration(void **state)
{
	struct deployment	 d;
	struct db		*db = open_runtime();

	(void)state;
	ok(deployment_find(db, mem, &d));
	assert_int_equal(d.schema_version, SCHEMA_VERSION);
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
		promise(the_program_knows_the_newest_migration),
	};

	return run_promises(tests);
}
