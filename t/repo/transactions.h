/*
 * transactions: what tests of lib/db's transactions share: statements, two
 * connections, of which one watches the other, and shorthands.
 */
#ifndef T_REPO_TRANSACTIONS_H
#define T_REPO_TRANSACTIONS_H

#include "t/repo/helper.h"

enum {
	ONE, PID, SET, SHOWN, LIMIT, SET_WRONG, COUNT, COUNT_SLEEP, RUNS,
	LOCK, DIVIDE, WARN, LENGTH, STATE, IS_BUSY, KILL, CANCEL, STMTS
};

static const struct db_stmt	stmts[STMTS] = {
	[ONE] = { .name = "one", .sql = "SELECT 1", .again = true },
	[PID] = { .name = "pid", .sql = "SELECT pg_backend_pid()" },
	[SET] = { .name = "set", .nparam = 1,
	    .sql = "SELECT set_config('test.whose', $1, true)" },
	[SHOWN] = { .name = "shown",
	    .sql = "SELECT current_setting('test.whose', true)" },
	[LIMIT] = { .name = "limit",
	    .sql = "SELECT current_setting('lock_timeout')" },
	[SET_WRONG] = { .name = "set_wrong", .nparam = 1,
	    .sql = "SELECT set_config('lock_timeout', $1, true)" },
	[COUNT] = { .name = "count", .sql = "SELECT nextval('runs')" },
	[COUNT_SLEEP] = { .name = "count_sleep",
	    .sql = "SELECT nextval('runs'), pg_sleep(300)" },
	[RUNS] = { .name = "runs", .sql = "SELECT last_value FROM runs" },
	[LOCK] = { .name = "lock", .sql = "SELECT pg_advisory_xact_lock(7)" },
	[DIVIDE] = { .name = "divide", .sql = "SELECT 1 / 0", .again = true },
	/* In a transaction it does nothing, and warns of that. */
	[WARN] = { .name = "warn", .sql = "BEGIN" },
	[LENGTH] = { .name = "length", .nparam = 1,
	    .sql = "SELECT length($1::text)" },
	[STATE] = { .name = "state", .nparam = 1, .sql = "SELECT state"
	    "  FROM pg_stat_activity WHERE pid = $1::int" },
	/* That the query names pg_sleep() is so while it is prepared, too. */
	[IS_BUSY] = { .name = "is_busy", .nparam = 1, .sql = "SELECT state ="
	    "	'active' AND wait_event = 'PgSleep'"
	    "  FROM pg_stat_activity WHERE pid = $1::int" },
	[KILL] = { .name = "kill", .nparam = 1,
	    .sql = "SELECT pg_terminate_backend($1::int, 10000)" },
	[CANCEL] = { .name = "cancel", .nparam = 1,
	    .sql = "SELECT pg_cancel_backend($1::int)" },
};

static struct db	*db, *other;

static inline int64_t
number(struct db *of, int stmt)
{
	struct db_rows	 rows;

	ok(db_run(of, mem, DB_QUERY0(stmt), &rows));
	return db_cell_int(&rows, 0, 0);
}

static inline const char *
text(struct db *of, int stmt, const char *arg)
{
	const struct db_arg	 args[] = { db_text(arg) };
	const struct db_query	 q = { stmt, arg != NULL, args };
	struct db_rows		 rows;

	ok(db_run(of, mem, q, &rows));
	return db_cell(&rows, 0, 0);
}

static inline const char *
pid(void)
{
	return text(db, PID, NULL);
}

static inline void
begin_for(const char *whose)
{
	ok(db_begin_with(db, mem, DB_QUERY(SET, db_text(whose))));
}

static inline void
end(void)
{
	db_rollback(db);
	assert_false(db_in_transaction(db));
	ok(db_run(db, mem, DB_QUERY0(ONE), NULL));
}

static inline int
open_both(void **state)
{
	if (group_setup(state) != 0)
		return -1;
	script("CREATE SEQUENCE runs; GRANT ALL ON SEQUENCE runs TO PUBLIC");
	db = open_as(runtime_url(), stmts, STMTS);
	other = open_as(runtime_url(), stmts, STMTS);
	return 0;
}

static inline int
close_both(void **state)
{
	db_free(db);
	db_free(other);
	return group_teardown(state);
}

#define run_transactions(tests)						\
	(cmocka_set_message_output(CM_OUTPUT_TAP),			\
	    cmocka_run_group_tests(tests, open_both, close_both))

#endif
