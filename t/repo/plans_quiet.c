/*
 * plans_quiet: a session whose plans were made while there were few rows still
 * does its work when there are many.
 *
 * PostgreSQL keeps the plans of functions and prepared statements for as long
 * as a session lives, or until a table is analyzed.  While there are few rows,
 * a plan that reads a whole table for each row of a list is as good as any.
 * Until the next analysis a function may go through a table, but not for each
 * row of another.
 */
#include "t/repo/helper.h"

#include <string.h>

#include "t/repo/many.h"
#include "t/repo/plans.h"
#include "t/repo/reads.h"

enum {
	FEW = 20,
	QUIET_CALLS = 7,	/* after five PostgreSQL may keep a plan */
	FILL_MS = 120 * 1000,
	INDEX_MOST = 40000,	/* twice the largest table */
};

static struct db	*quiet, *owner;

/* Returns the script with FEW rows wherever it has 10,000 or 20,000. */
static const char *
few_of(const char *script)
{
	char	*s = arena_dup(mem, script), *at;

	while ((at = strstr(s, "10000")) != NULL ||
	    (at = strstr(s, "20000")) != NULL) {
		memset(at, '0', 5);
		at[3] = '0' + FEW / 10;
	}
	return s;
}

static void
fill(const char *users, const char *events, const char *syncs)
{
	ok(db_begin(owner));
	ok(db_script(owner, users, "users"));
	ok(db_script(owner, events, "events"));
	ok(db_script(owner, syncs, "walks"));
	ok(db_commit(owner));
}

/*
 * Empties the tables by DELETE, because TRUNCATE makes sessions forget their
 * plans.
 */
static void
empty(void)
{
	ok(db_begin(owner));
	ok(db_script(owner,
	    "DO $$ DECLARE t text; BEGIN"
	    " UPDATE connections SET grant_id = NULL;"
	    " FOR pass IN 1 .. 5 LOOP"
	    "  FOR t IN SELECT relid::regclass::text FROM pg_stat_user_tables"
	    "   WHERE relname NOT IN ('schema_files', 'deployment',"
	    "    'ledger_head') LOOP"
	    "   BEGIN EXECUTE 'DELETE FROM ' || t;"
	    "   EXCEPTION WHEN foreign_key_violation THEN NULL; END;"
	    "  END LOOP;"
	    " END LOOP;"
	    " FOR t IN SELECT relid::regclass::text FROM"
	    "  pg_statio_user_sequences LOOP"
	    "  PERFORM setval(t::regclass, 1, false); END LOOP; END $$",
	    "emptying"));
	ok(db_commit(owner));
}

static void
live_quietly(void)
{
	int	 i, k;

	for (i = 0; i < NCALLS; i++)
		for (k = 0; k < QUIET_CALLS; k++)
			(void)reads_of(quiet, i);
}

static void
plans_for_few_rows_are_good_for_many(void **state)
{
	(void)state;
	live_quietly();
	empty();
	fill(many_users, many_events, many_syncs);
	assert_int_equal(measure(quiet, INDEX_MOST), 0);
}

static int
setup(void **state)
{
	if (group_setup(state) != 0)
		return -1;
	reads_init();
	owner = open_as(owner_url(), stmts, STMTS);
	quiet = open_as(runtime_url(), stmts, STMTS);
	(void)db_set_limit(owner, FILL_MS);
	ok(db_script(owner,
	    "DO $$ DECLARE t text; BEGIN"
	    " FOR t IN SELECT relid::regclass::text FROM pg_stat_user_tables"
	    "  LOOP EXECUTE 'ALTER TABLE ' || t ||"
	    "  ' SET (autovacuum_enabled = off)'; END LOOP; END $$",
	    "no analysis by itself"));
	fill(few_of(many_users), few_of(many_events), few_of(many_syncs));
	ok(db_script(owner, "VACUUM ANALYZE", "vacuum"));
	return 0;
}

static int
teardown(void **state)
{
	db_free(owner);
	db_free(quiet);
	return group_teardown(state);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(plans_for_few_rows_are_good_for_many),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
