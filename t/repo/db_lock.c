/*
 * db_lock: a transaction waits for a lock that somebody else holds for as long
 * as its lock limit says, and this failure is told from a database that is
 * away.
 */
#include "t/repo/helper.h"

enum { LOCK, ONE, DIVIDE, STMTS };

static const struct db_stmt	stmts[STMTS] = {
	[LOCK] = { .name = "lock", .sql = "SELECT pg_advisory_xact_lock(7)" },
	[ONE] = { .name = "one", .sql = "SELECT 1", .again = true },
	[DIVIDE] = { .name = "divide", .sql = "SELECT 1 / 0", .again = true },
};

static struct db	*db, *holder;

static void
held_by_another(void)
{
	ok(db_begin(holder));
	ok(db_run(holder, mem, DB_QUERY0(LOCK), NULL));
	hush();
}

static void
let_go(void)
{
	unhush();
	db_rollback(holder);
}

static void
a_wait_ends_with_its_limit(void **state)
{
	(void)state;
	db_set_lock_limit(db, 50);
	held_by_another();
	ok(db_begin(db));
	assert_int_equal(db_run(db, mem, DB_QUERY0(LOCK), NULL),
	    CAL_UNAVAILABLE);
	assert_true(db_was_locked(db));
	db_rollback(db);
	assert_true(db_was_locked(db));
	let_go();
	ok(db_begin(db));
	assert_false(db_was_locked(db));
	ok(db_run(db, mem, DB_QUERY0(LOCK), NULL));
	ok(db_commit(db));
}

/*
 * The lock limit must end with its transaction, because a pooler may give the
 * connection to others.
 */
static void
the_limit_ends_with_the_transaction(void **state)
{
	(void)state;
	db_set_lock_limit(db, 50);
	ok(db_begin(db));
	ok(db_commit(db));
	held_by_another();
	(void)db_set_limit(db, 300);
	assert_int_equal(db_run(db, mem, DB_QUERY0(LOCK), NULL),
	    CAL_UNAVAILABLE);
	assert_false(db_was_locked(db));
	(void)db_set_limit(db, 7000);
	let_go();
}

static void
no_other_failure_is_taken_for_it(void **state)
{
	(void)state;
	db_set_lock_limit(db, 50);
	held_by_another();
	ok(db_begin(db));
	assert_int_equal(db_run(db, mem, DB_QUERY0(LOCK), NULL),
	    CAL_UNAVAILABLE);
	db_rollback(db);
	assert_int_equal(db_run(db, mem, DB_QUERY0(DIVIDE), NULL), CAL_INVALID);
	assert_false(db_was_locked(db));
	let_go();
	ok(db_run(db, mem, DB_QUERY0(ONE), NULL));
	assert_false(db_was_locked(db));
}

static int
setup(void **state)
{
	if (group_setup(state) != 0)
		return -1;
	db = open_as(runtime_url(), stmts, STMTS);
	holder = open_as(runtime_url(), stmts, STMTS);
	return 0;
}

static int
teardown(void **state)
{
	db_free(db);
	db_free(holder);
	return group_teardown(state);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(a_wait_ends_with_its_limit),
		promise(the_limit_ends_with_the_transaction),
		promise(no_other_failure_is_taken_for_it),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
