/*
 * db_tx: BEGIN goes with the first statement of a transaction, and keeps the
 * promises that both made when they were sent one by one.
 */
#include "t/repo/transactions.h"

static void
nothing_is_sent_before_the_first_statement(void **state)
{
	const char	*me = pid();

	(void)state;
	begin_for("a");
	assert_true(db_in_transaction(db));
	assert_string_equal(text(other, STATE, me), "idle");
	ok(db_run(db, mem, DB_QUERY0(ONE), NULL));
	assert_string_equal(text(other, STATE, me), "idle in transaction");
	ok(db_commit(db));
	assert_string_equal(text(other, STATE, me), "idle");
	ok(db_begin(db));
	ok(db_commit(db));
	ok(db_begin(db));
	end();
}

static void
what_goes_before_holds_for_the_transaction(void **state)
{
	char	 whose[] = "a";

	(void)state;
	begin_for(whose);
	whose[0] = 'x';			/* it was kept */
	assert_string_equal(text(db, SHOWN, NULL), "a");
	assert_string_equal(text(db, SHOWN, NULL), "a");
	ok(db_commit(db));
	assert_string_equal(text(db, SHOWN, NULL), "");
	ok(db_begin(db));
	assert_string_equal(text(db, SHOWN, NULL), "");
	end();
}

static void
so_does_the_limit_of_when_it_was_begun(void **state)
{
	(void)state;
	(void)db_set_lock_limit(db, 1234);
	begin_for("a");
	(void)db_set_lock_limit(db, 0);
	assert_string_equal(text(db, LIMIT, NULL), "1234ms");
	assert_string_equal(text(db, SHOWN, NULL), "a");
	end();
	assert_string_equal(text(db, LIMIT, NULL), "0");
}

static void
one_that_fails_fails_the_transaction(void **state)
{
	const char	*me = pid();

	(void)state;
	begin_for("a");
	hush();
	assert_int_equal(db_run(db, mem, DB_QUERY0(DIVIDE), NULL), CAL_INVALID);
	assert_string_equal(db_failure(db), "22012 divide");
	assert_int_not_equal(db_run(db, mem, DB_QUERY0(ONE), NULL), CAL_OK);
	assert_int_equal(db_commit(db), CAL_INTERNAL);
	unhush();
	end();
	assert_string_equal(pid(), me);
}

static void
one_that_waits_for_a_lock_waits_as_long_as_it_may(void **state)
{
	(void)state;
	ok(db_begin(other));
	ok(db_run(other, mem, DB_QUERY0(LOCK), NULL));
	(void)db_set_lock_limit(db, 50);
	begin_for("a");
	hush();
	assert_int_equal(db_run(db, mem, DB_QUERY0(LOCK), NULL),
	    CAL_UNAVAILABLE);
	unhush();
	assert_true(db_was_locked(db));
	assert_string_equal(db_failure(db), "55P03 lock");
	(void)db_set_lock_limit(db, 0);
	db_rollback(other);
	end();
}

/* Nothing is run without what should have gone before it. */
static void
what_goes_before_fails_the_transaction(void **state)
{
	const char	*me = pid();
	const int64_t	 runs = number(db, COUNT);

	(void)state;
	ok(db_begin_with(db, mem, DB_QUERY(SET_WRONG, db_text("never"))));
	hush();
	assert_int_equal(db_run(db, mem, DB_QUERY0(COUNT), NULL), CAL_INVALID);
	assert_string_equal(db_failure(db), "22023 set_wrong");
	assert_int_not_equal(db_run(db, mem, DB_QUERY0(COUNT), NULL), CAL_OK);
	assert_int_equal(db_commit(db), CAL_INTERNAL);
	unhush();
	end();
	assert_int_equal(number(db, RUNS), runs);
	assert_string_equal(pid(), me);
}

static void
a_warning_is_heard(void **state)
{
	(void)state;
	begin_for("a");
	hush();
	assert_int_equal(db_run(db, mem, DB_QUERY0(WARN), NULL),
	    CAL_UNAVAILABLE);
	unhush();
	end();
}

static void
a_large_first_statement_is_sent_whole(void **state)
{
	enum { SIZE = 8 << 20 };
	char		*large = arena_alloc(mem, SIZE + 1);

	(void)state;
	memset(large, 'x', SIZE);
	begin_for("a");
	assert_string_equal(text(db, LENGTH, large), "8388608");
	ok(db_commit(db));
}

static void
a_script_may_be_the_first(void **state)
{
	(void)state;
	begin_for("a");
	ok(db_script(db, "SELECT 1; SELECT 2", "script"));
	assert_string_equal(text(db, SHOWN, NULL), "a");
	end();
}

static void
a_transaction_keeps_its_connection(void **state)
{
	const char	*me = pid();

	(void)state;
	begin_for("a");
	hush();
	assert_int_equal(db_renew(db), CAL_INTERNAL);
	ok(db_run(db, mem, DB_QUERY0(ONE), NULL));
	assert_int_equal(db_renew(db), CAL_INTERNAL);
	unhush();
	ok(db_connect(db));
	assert_string_equal(pid(), me);
	end();
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(nothing_is_sent_before_the_first_statement),
		promise(what_goes_before_holds_for_the_transaction),
		promise(so_does_the_limit_of_when_it_was_begun),
		promise(one_that_fails_fails_the_transaction),
		promise(one_that_waits_for_a_lock_waits_as_long_as_it_may),
		promise(what_goes_before_fails_the_transaction),
		promise(a_warning_is_heard),
		promise(a_large_first_statement_is_sent_whole),
		promise(a_script_may_be_the_first),
		promise(a_transaction_keeps_its_connection),
	};

	return run_transactions(tests);
}
