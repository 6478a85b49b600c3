/*
 * db_stall: a server that does not answer in time, a success with a warning,
 * and a transaction that was idle for too long.
 */
#include "t/repo/helper.h"

#include "lib/clock.h"

enum { ONE, PID, SLEEP, SLEEPERS, WARN, STMTS };
enum { SHORT_MS = 300, LONG_MS = 10 * 1000 };

static const struct db_stmt	stmts[STMTS] = {
	[ONE] = { .name = "one", .sql = "SELECT 1", .again = true },
	[PID] = { .name = "pid", .sql = "SELECT pg_backend_pid()" },
	[SLEEP] = { .name = "sleep", .sql = "SELECT pg_sleep(300)" },
	[SLEEPERS] = { .name = "sleepers", .sql = "SELECT count(*)"
	    "  FROM pg_stat_activity"
	    " WHERE datname = current_database() AND query ~ 'pg_sleep'"
	    "   AND state = 'active' AND pid <> pg_backend_pid()" },
	/*
	 * COMMIT outside a transaction does nothing, and the server warns of
	 * it.
	 */
	[WARN] = { .name = "warn", .sql = "COMMIT" },
};

static struct db	*a, *b;
static int64_t		 stalls;

static void
connected(bool ok)
{
	(void)ok;
}

static void
failed(const char *sqlstate)
{
	(void)sqlstate;
}

static void
stalled(void)
{
	stalls++;
}

static int64_t
count(void)
{
	return stalls;
}

static void
waiting(bool now)
{
	(void)now;
}

static const struct db_watch	watch = {
	.connected = connected,
	.failed = failed,
	.stalled = stalled,
	.stalls = count,
	.waiting = waiting,
};

static const char *
pid_of(struct db *db)
{
	struct db_rows	 rows;

	ok(db_run(db, mem, DB_QUERY0(PID), &rows));
	return db_cell(&rows, 0, 0);
}

static void
wait_in_vain(struct db *db)
{
	hush();
	(void)db_set_limit(db, SHORT_MS);
	assert_int_equal(db_run(db, mem, DB_QUERY0(SLEEP), NULL),
	    CAL_UNAVAILABLE);
	(void)db_set_limit(db, LONG_MS);
	unhush();
}

static void
what_is_waited_for_no_more_is_stopped(void **state)
{
	const int64_t	 until = clock_ms() + LONG_MS;
	struct db_rows	 rows;

	(void)state;
	wait_in_vain(a);
	do
		ok(db_run(b, mem, DB_QUERY0(SLEEPERS), &rows));
	while (db_cell_int(&rows, 0, 0) > 0 && clock_ms() < until);
	assert_int_equal(db_cell_int(&rows, 0, 0), 0);
}

static void
all_who_were_connected_connect_anew(void **state)
{
	const char	*before = pid_of(b);

	(void)state;
	wait_in_vain(a);
	assert_string_not_equal(pid_of(b), before);
	before = pid_of(b);
	ok(db_run(a, mem, DB_QUERY0(ONE), NULL));
	assert_string_equal(pid_of(b), before);	/* reconnecting once is
						 * enough */
}

/*
 * A statement that ends at the short limit of db_hurry(), as a scrape of a
 * large database may, does not prove that the server hangs, so no stall is
 * counted and other connections stay.
 */
static void
who_was_in_a_hurry_disturbs_nobody(void **state)
{
	const char	*before = pid_of(b);
	const int64_t	 known = stalls;

	(void)state;
	hush();
	(void)db_hurry(a, SHORT_MS);
	assert_int_equal(db_run(a, mem, DB_QUERY0(SLEEP), NULL),
	    CAL_UNAVAILABLE);
	(void)db_set_limit(a, LONG_MS);
	unhush();
	ok(db_run(a, mem, DB_QUERY0(ONE), NULL));
	assert_int_equal(stalls, known);
	assert_string_equal(pid_of(b), before);
}

static void
a_connection_is_left_for_another(void **state)
{
	const char	*before = pid_of(a);

	(void)state;
	ok(db_renew(a));
	assert_string_not_equal(pid_of(a), before);
}

static void
a_transaction_is_not_torn_by_it(void **state)
{
	const char	*before;

	(void)state;
	ok(db_begin(b));
	before = pid_of(b);
	wait_in_vain(a);
	assert_string_equal(pid_of(b), before);
	ok(db_commit(b));
	assert_string_not_equal(pid_of(b), before);
}

static void
a_success_with_a_warning_is_none(void **state)
{
	(void)state;
	hush();
	assert_int_equal(db_run(a, mem, DB_QUERY0(WARN), NULL),
	    CAL_UNAVAILABLE);
	unhush();
	ok(db_run(a, mem, DB_QUERY0(ONE), NULL));
}

/*
 * A transaction lies idle when its process is stopped or its machine sleeps;
 * after a while the server ends it.
 */
static void
a_transaction_that_lay_idle_for_too_long_is_over(void **state)
{
	struct db	*idle = open_as(runtime_url(), stmts, STMTS);

	(void)state;
	ok(db_script(idle, "SET idle_in_transaction_session_timeout = 100",
	    "set"));
	ok(db_begin(idle));
	ok(db_run(idle, mem, DB_QUERY0(ONE), NULL));
	(void)usleep(500 * 1000);
	hush();
	assert_int_equal(db_run(idle, mem, DB_QUERY0(ONE), NULL),
	    CAL_UNAVAILABLE);
	assert_int_equal(db_commit(idle), CAL_UNAVAILABLE);
	unhush();
	ok(db_run(idle, mem, DB_QUERY0(ONE), NULL));
	db_free(idle);
}

static int
setup(void **state)
{
	if (group_setup(state) != 0)
		return -1;
	a = open_as(runtime_url(), stmts, STMTS);
	b = open_as(runtime_url(), stmts, STMTS);
	db_set_watch(a, &watch);
	db_set_watch(b, &watch);
	return 0;
}

static int
teardown(void **state)
{
	db_free(a);
	db_free(b);
	return group_teardown(state);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(what_is_waited_for_no_more_is_stopped),
		promise(all_who_were_connected_connect_anew),
		promise(who_was_in_a_hurry_disturbs_nobody),
		promise(a_connection_is_left_for_another),
		promise(a_transaction_is_not_torn_by_it),
		promise(a_success_with_a_warning_is_none),
		promise(a_transaction_that_lay_idle_for_too_long_is_over),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
