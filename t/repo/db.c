/*
 * db: lib/db against a real server: lost connections, failures and time limits.
 */
#include "t/repo/helper.h"

#include "lib/clock.h"

enum { ONE, ONCE, PID, KILL, SLEEP, DIVIDE, NONE, STMTS };

static const struct db_stmt	stmts[STMTS] = {
	[ONE] = { .name = "one", .sql = "SELECT 1", .again = true },
	[ONCE] = { .name = "once", .sql = "SELECT 1" },
	[PID] = { .name = "pid", .sql = "SELECT pg_backend_pid()" },
	[KILL] = {
		.name = "kill", .nparam = 1,
		.sql = "SELECT pg_terminate_backend($1::int, 10000)",
	},
	[SLEEP] = { .name = "sleep", .sql = "SELECT pg_sleep(300)" },
	[DIVIDE] = {
		.name = "divide", .nparam = 1, .again = true,
		.sql = "SELECT 1 / $1::int",
	},
	[NONE] = { .name = "none", .sql = "SELECT 1 WHERE false" },
};

static struct db	*db, *killer;

#define unavailable(call)	assert_int_equal((call), CAL_UNAVAILABLE)

static const char *
pid(void)
{
	struct db_rows	 rows;

	ok(db_run(db, mem, DB_QUERY0(PID), &rows));
	return db_cell(&rows, 0, 0);
}

/* Makes the server end the connection whose backend has the pid "which". */
static void
cut(const char *which)
{
	struct db_rows	 rows;

	ok(db_run(killer, mem, DB_QUERY(KILL, db_text(which)), &rows));
	assert_true(db_cell_bool(&rows, 0, 0));
}

static void
what_may_run_twice_survives_a_lost_connection(void **state)
{
	const char	*before = pid();

	(void)state;
	cut(before);
	hush();
	ok(db_run(db, mem, DB_QUERY0(ONE), NULL));
	unhush();
	assert_string_not_equal(pid(), before);
}

/*
 * Behind a pooler prepared statements may be gone.  A statement that may run
 * twice is then prepared and run again; any other one fails once.
 */
static void
what_was_prepared_may_be_gone(void **state)
{
	(void)state;
	ok(db_run(db, mem, DB_QUERY0(ONE), NULL));
	ok(db_script(db, "DEALLOCATE ALL", "deallocate"));
	hush();
	ok(db_run(db, mem, DB_QUERY0(ONE), NULL));
	(void)pid();
	ok(db_script(db, "DEALLOCATE ALL", "deallocate"));
	unavailable(db_run(db, mem, DB_QUERY0(PID), NULL));
	unhush();
	ok(db_run(db, mem, DB_QUERY0(PID), NULL));
}

static void
what_may_not_is_for_the_caller_to_decide(void **state)
{
	(void)state;
	cut(pid());
	hush();
	unavailable(db_run(db, mem, DB_QUERY0(ONCE), NULL));
	unhush();
	ok(db_run(db, mem, DB_QUERY0(ONCE), NULL));
}

static void
a_transaction_begins_on_a_new_connection(void **state)
{
	(void)state;
	cut(pid());
	hush();
	ok(db_begin(db));
	ok(db_run(db, mem, DB_QUERY0(ONCE), NULL));
	unhush();
	ok(db_commit(db));
}

static void
a_transaction_is_never_gone_on_with_elsewhere(void **state)
{
	(void)state;
	ok(db_begin(db));
	cut(pid());
	hush();
	unavailable(db_run(db, mem, DB_QUERY0(ONE), NULL));
	unavailable(db_run(db, mem, DB_QUERY0(ONE), NULL));
	unavailable(db_commit(db));
	unhush();
	db_rollback(db);
	assert_false(db_in_transaction(db));
	ok(db_run(db, mem, DB_QUERY0(ONE), NULL));
}

static void
a_commit_into_nothing_is_no_success(void **state)
{
	(void)state;
	ok(db_begin(db));
	ok(db_run(db, mem, DB_QUERY0(ONE), NULL));
	cut(pid());
	hush();
	unavailable(db_commit(db));
	unhush();
	db_rollback(db);
	ok(db_run(db, mem, DB_QUERY0(ONE), NULL));
}

static void
a_failed_transaction_cannot_be_committed(void **state)
{
	(void)state;
	ok(db_begin(db));
	hush();
	assert_int_equal(db_run(db, mem, DB_QUERY(DIVIDE, db_text("0")), NULL),
	    CAL_INVALID);
	assert_int_not_equal(db_commit(db), CAL_OK);
	unhush();
	assert_false(db_in_transaction(db));
	ok(db_run(db, mem, DB_QUERY0(ONE), NULL));
}

static void
a_failure_is_known_until_the_next_transaction(void **state)
{
	(void)state;
	hush();
	assert_int_equal(db_run(db, mem, DB_QUERY(DIVIDE, db_text("0")), NULL),
	    CAL_INVALID);
	unhush();
	assert_string_equal(db_failure(db), "22012 divide");
	ok(db_begin(db));
	assert_string_equal(db_failure(db), "");
	assert_string_equal(db_sqlstate(db), "");
	ok(db_commit(db));
}

static void
transactions_do_not_nest(void **state)
{
	(void)state;
	ok(db_begin(db));
	hush();
	assert_int_equal(db_begin(db), CAL_INTERNAL);
	unhush();
	ok(db_commit(db));
}

static enum cal_err
raise_state(const char *state)
{
	return db_script(db, arena_printf(mem, "DO $$ BEGIN RAISE EXCEPTION "
	    "USING ERRCODE = '%s'; END $$", state), "raise");
}

static void
each_sqlstate_says_who_can_mend_it(void **state)
{
	static const struct {
		const char	*state;
		enum cal_err	 rc;
	} want[] = {
		{ "22P02", CAL_INVALID }, { "23505", CAL_INVALID },
		{ "54000", CAL_INVALID }, { "40001", CAL_CONFLICT },
		{ "40P01", CAL_CONFLICT }, { "08006", CAL_UNAVAILABLE },
		{ "53300", CAL_UNAVAILABLE }, { "57014", CAL_UNAVAILABLE },
		{ "57P01", CAL_UNAVAILABLE }, { "25006", CAL_UNAVAILABLE },
		{ "42501", CAL_INTERNAL }, { "P0001", CAL_INTERNAL },
	};
	enum cal_err	 rc;
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		hush();
		rc = raise_state(want[i].state);
		unhush();
		if (rc != want[i].rc)
			fail_msg("%s is %s", want[i].state, err_name(rc));
		assert_string_equal(db_sqlstate(db), want[i].state);
	}
	ok(db_run(db, mem, DB_QUERY0(ONE), NULL));
}

static void
a_server_that_cannot_be_reached_is_unavailable(void **state)
{
	struct db	*away;

	(void)state;
	away = db_new("host=/nonexistent dbname=x", "test", stmts, STMTS);
	hush();
	unavailable(db_connect(away));
	unavailable(db_run(away, mem, DB_QUERY0(ONE), NULL));
	unavailable(db_begin(away));
	unhush();
	db_free(away);
}

static void
no_call_outlasts_its_time(void **state)
{
	const int64_t	 start = clock_ms();

	(void)state;
	hush();
	(void)db_set_limit(db, 500);
	unavailable(db_run(db, mem, DB_QUERY0(SLEEP), NULL));
	(void)db_set_limit(db, 10 * 1000);
	unhush();
	assert_true(clock_ms() - start < 10 * 1000);	/* the former limit */
	ok(db_run(db, mem, DB_QUERY0(ONE), NULL));
}

static void
no_row_is_not_found(void **state)
{
	struct db_rows	 rows;

	(void)state;
	assert_int_equal(db_one(db, mem, DB_QUERY0(NONE), &rows), CAL_NOTFOUND);
	ok(db_run(db, mem, DB_QUERY0(NONE), &rows));
	assert_int_equal(rows.n, 0);
}

static int
setup(void **state)
{
	if (group_setup(state) != 0)
		return -1;
	db = open_as(runtime_url(), stmts, STMTS);
	killer = open_as(runtime_url(), stmts, STMTS);
	return 0;
}

static int
teardown(void **state)
{
	db_free(db);
	db_free(killer);
	return group_teardown(state);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(what_may_run_twice_survives_a_lost_connection),
		promise(what_was_prepared_may_be_gone),
		promise(what_may_not_is_for_the_caller_to_decide),
		promise(a_transaction_begins_on_a_new_connection),
		promise(a_transaction_is_never_gone_on_with_elsewhere),
		promise(a_commit_into_nothing_is_no_success),
		promise(a_failed_transaction_cannot_be_committed),
		promise(a_failure_is_known_until_the_next_transaction),
		promise(transactions_do_not_nest),
		promise(each_sqlstate_says_who_can_mend_it),
		promise(a_server_that_cannot_be_reached_is_unavailable),
		promise(no_call_outlasts_its_time),
		promise(no_row_is_not_found),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
