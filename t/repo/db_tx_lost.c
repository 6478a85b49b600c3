/*
 * db_tx_lost: the server goes away, or hangs, while a transaction begins: all
 * is sent again where nothing was run, and nowhere else.
 */
#include "t/repo/transactions.h"

#include <signal.h>

#include "lib/clock.h"

enum { SHORT_MS = 400, LONG_MS = 10 * 1000 };

/* In a process of its own: what is done to whom is busy with pg_sleep(). */
static pid_t
when_busy(const char *which, int stmt)
{
	struct db	*own;
	const char	*busy;
	pid_t		 child;

	if ((child = fork()) != 0)
		return child;
	own = open_as(runtime_url(), stmts, STMTS);
	do
		busy = text(own, IS_BUSY, which);
	while (busy == NULL || busy[0] != 't');
	(void)text(own, stmt, which);
	_exit(0);
}

static void
wait_for(pid_t child)
{
	int	 status;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void
connect_with(const char *options)
{
	db_free(db);
	(void)setenv("PGOPTIONS", options, 1);
	db = open_as(runtime_url(), stmts, STMTS);
	(void)unsetenv("PGOPTIONS");
}

static void
a_lost_connection_is_found_and_all_is_sent_again(void **state)
{
	const char	*before = pid();

	(void)state;
	begin_for("a");
	(void)text(other, KILL, before);
	hush();
	assert_string_equal(text(db, SHOWN, NULL), "a");
	unhush();
	assert_string_equal(db_sqlstate(db), "");
	assert_string_equal(db_failure(db), "");
	assert_string_not_equal(pid(), before);
	ok(db_commit(db));
}

/* As behind a pooler. */
static void
so_it_is_when_what_goes_before_is_not_prepared(void **state)
{
	(void)state;
	begin_for("a");
	ok(db_run(db, mem, DB_QUERY0(ONE), NULL));
	ok(db_commit(db));
	ok(db_script(db, "DEALLOCATE ALL", "deallocate"));
	begin_for("b");
	hush();
	assert_string_equal(text(db, SHOWN, NULL), "b");
	unhush();
	ok(db_commit(db));
}

static void
a_first_statement_that_was_killed_is_not_run_again(void **state)
{
	const int64_t	 runs = number(db, COUNT);
	pid_t		 killer = when_busy(pid(), KILL);

	(void)state;
	begin_for("a");
	hush();
	assert_int_equal(db_run(db, mem, DB_QUERY0(COUNT_SLEEP), NULL),
	    CAL_UNAVAILABLE);
	assert_string_equal(db_failure(db), "57P01 count_sleep");
	assert_int_equal(db_run(db, mem, DB_QUERY0(COUNT), NULL),
	    CAL_UNAVAILABLE);
	assert_int_equal(db_commit(db), CAL_UNAVAILABLE);
	unhush();
	wait_for(killer);
	assert_int_equal(number(db, RUNS), runs + 1);
}

static void
one_that_was_cancelled_leaves_the_connection(void **state)
{
	const char	*me = pid();
	const int64_t	 runs = number(db, COUNT);
	pid_t		 canceller = when_busy(me, CANCEL);

	(void)state;
	begin_for("a");
	hush();
	assert_int_equal(db_run(db, mem, DB_QUERY0(COUNT_SLEEP), NULL),
	    CAL_UNAVAILABLE);
	unhush();
	assert_string_equal(db_failure(db), "57014 count_sleep");
	wait_for(canceller);
	end();
	assert_int_equal(number(db, RUNS), runs + 1);
	assert_string_equal(pid(), me);
}

static void
count_once_in_vain(const char *failure)
{
	const int64_t	 runs = number(db, COUNT), start = clock_ms();

	(void)db_set_limit(db, SHORT_MS);
	begin_for("a");
	hush();
	assert_int_equal(db_run(db, mem, DB_QUERY0(COUNT_SLEEP), NULL),
	    CAL_UNAVAILABLE);
	unhush();
	assert_string_equal(db_failure(db), failure);
	db_rollback(db);
	(void)db_set_limit(db, LONG_MS);
	assert_int_equal(number(db, RUNS), runs + 1);
	assert_true(clock_ms() - start < LONG_MS);
}

static void
one_that_takes_too_long_is_run_once(void **state)
{
	(void)state;
	connect_with("-c statement_timeout=0");
	count_once_in_vain("none count_sleep");
	connect_with("-c statement_timeout=200");
	count_once_in_vain("57014 count_sleep");
}

/* A backend that is stopped: it takes what it is sent, and answers nothing. */
static void
begin_at_one_that_hangs(void)
{
	const char	*before = pid();
	const pid_t	 hangs = (pid_t)strtol(before, NULL, 10);

	(void)db_set_limit(db, SHORT_MS);
	begin_for("a");
	assert_int_equal(kill(hangs, SIGSTOP), 0);
	hush();
	assert_string_equal(text(db, SHOWN, NULL), "a");
	unhush();
	(void)db_set_limit(db, LONG_MS);
	assert_int_equal(kill(hangs, SIGCONT), 0);
	assert_string_not_equal(pid(), before);
	ok(db_commit(db));
}

static void
at_a_server_that_hangs_all_is_sent_again(void **state)
{
	(void)state;
	connect_with("-c statement_timeout=0");
	begin_at_one_that_hangs();
	connect_with("-c statement_timeout=200");
	begin_at_one_that_hangs();
}

/* Nobody waits for it; what comes next is none the worse. */
static void
what_was_only_read_is_left_without_waiting(void **state)
{
	const pid_t	 hangs = (pid_t)strtol(pid(), NULL, 10);
	int64_t		 start;

	(void)state;
	begin_for("a");
	assert_string_equal(text(db, SHOWN, NULL), "a");
	assert_int_equal(kill(hangs, SIGSTOP), 0);
	start = clock_ms();
	db_leave(db);
	assert_true(clock_ms() - start < SHORT_MS);
	assert_false(db_in_transaction(db));
	assert_int_equal(kill(hangs, SIGCONT), 0);
	assert_int_equal(strtol(pid(), NULL, 10), hangs);
	assert_string_equal(text(db, SHOWN, NULL), "");
}

static void
one_that_hangs_after_that_is_found_at_the_next_use(void **state)
{
	const char	*before;
	pid_t		 hangs;

	(void)state;
	connect_with("-c statement_timeout=200");
	hangs = (pid_t)strtol(before = pid(), NULL, 10);
	begin_for("a");
	ok(db_run(db, mem, DB_QUERY0(ONE), NULL));
	assert_int_equal(kill(hangs, SIGSTOP), 0);
	db_leave(db);
	(void)db_set_limit(db, SHORT_MS);
	hush();
	begin_for("b");
	unhush();
	(void)db_set_limit(db, LONG_MS);
	assert_string_equal(text(db, SHOWN, NULL), "b");
	assert_int_equal(kill(hangs, SIGCONT), 0);
	assert_string_not_equal(pid(), before);
	ok(db_commit(db));
}

static void
nothing_is_sent_again_that_was_lost_later(void **state)
{
	const pid_t	 hangs = (pid_t)strtol(pid(), NULL, 10);

	(void)state;
	begin_for("a");
	ok(db_run(db, mem, DB_QUERY0(ONE), NULL));
	assert_int_equal(kill(hangs, SIGSTOP), 0);
	(void)db_set_limit(db, SHORT_MS);
	hush();
	assert_int_equal(db_run(db, mem, DB_QUERY0(ONE), NULL),
	    CAL_UNAVAILABLE);
	assert_int_equal(db_connect(db), CAL_UNAVAILABLE);
	assert_int_equal(db_commit(db), CAL_UNAVAILABLE);
	unhush();
	(void)db_set_limit(db, LONG_MS);
	assert_int_equal(kill(hangs, SIGCONT), 0);
	end();
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(a_lost_connection_is_found_and_all_is_sent_again),
		promise(so_it_is_when_what_goes_before_is_not_prepared),
		promise(a_first_statement_that_was_killed_is_not_run_again),
		promise(one_that_was_cancelled_leaves_the_connection),
		promise(one_that_takes_too_long_is_run_once),
		promise(at_a_server_that_hangs_all_is_sent_again),
		promise(what_was_only_read_is_left_without_waiting),
		promise(one_that_hangs_after_that_is_found_at_the_next_use),
		promise(nothing_is_sent_again_that_was_lost_later),
	};

	return run_transactions(tests);
}
