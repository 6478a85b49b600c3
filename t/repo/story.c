/*
 * story: the steps of a connect session are kept with it, up to a bound, and
 * deleted with it.
 */
#include "t/repo/grants.h"

#include "app/repo/job.h"
#include "app/repo/session.h"
#include "app/repo/story.h"

enum { MANY = 40 };

enum { STEPS, KEPT, CALLS, READS__MAX };

static const struct db_stmt	reads[READS__MAX] = {
	[STEPS] = {
		.name = "steps",
		.nparam = 1,
		.sql =
		    "SELECT step, detail, request_id, times, at"
		    "  FROM session_steps"
		    " WHERE session_id = $1::uuid"
		    " ORDER BY at, id",
	},
	[KEPT] = {
		.name = "kept",
		.nparam = 1,
		.sql =
		    "SELECT count(*), sum(times), max(detail)"
		    "  FROM session_steps"
		    " WHERE session_id = $1::uuid",
	},
	[CALLS] = {
		.name = "calls",
		.nparam = 1,
		.sql =
		    "SELECT request_id, connection_id"
		    "  FROM api_calls"
		    " WHERE session_id = $1::uuid"
		    " ORDER BY id",
	},
};

static struct db	*owner;		/* reads as the owner, who sees all
					 * rows */
static const char	*session;	/* a new session for each test */

static const char *
session_of(const char *user_id)
{
	struct session_new	 s = { .user_id = user_id, .minutes = 30 };
	struct session_made	 made;

	s.hash = crypto_hash_text(mem, crypto_uuid(mem));
	ok(in_tenant(a, session_add(tx_of(a), &s, &made)));
	return made.id;
}

static int
fresh_session(void **state)
{
	(void)state;
	session = session_of("u");
	return 0;
}

static struct db_rows
read_of(int what, const char *id)
{
	struct db_rows	 rows;

	ok(db_run(owner, mem, DB_QUERY(what, db_text(id)), &rows));
	return rows;
}

static void
happens(struct db *db, const char *step, const char *detail)
{
	ok(in_tenant(db, session_step_add(tx_of(db), session, "r1", step,
	    detail)));
}

static void
a_story_is_told_in_its_order(void **state)
{
	struct db_rows	 rows;

	(void)state;
	happens(a, "opened", NULL);
	happens(b, "consent_asked", "first time");
	happens(a, "callback", "code");
	rows = read_of(STEPS, session);
	assert_int_equal(rows.n, 3);
	assert_string_equal(db_cell(&rows, 0, 0), "opened");
	assert_null(db_cell(&rows, 0, 1));
	assert_string_equal(db_cell(&rows, 1, 0), "consent_asked");
	assert_string_equal(db_cell(&rows, 1, 1), "first time");
	assert_string_equal(db_cell(&rows, 2, 2), "r1");
}

/* Two steps of one transaction have different times, too. */
static void
steps_of_one_transaction_keep_their_times(void **state)
{
	struct db_rows	 rows;

	(void)state;
	tenant_begins(a);
	ok(session_step_add(tx_of(a), session, "r", "first", NULL));
	ok(session_step_add(tx_of(a), session, "r", "second", NULL));
	ok(db_commit(a));
	rows = read_of(STEPS, session);
	assert_int_equal(rows.n, 2);
	assert_string_not_equal(db_cell(&rows, 0, 4), db_cell(&rows, 1, 4));
}

static void
who_repeats_a_step_fills_nothing_and_hides_nothing(void **state)
{
	struct db_rows	 rows;
	int		 i;

	(void)state;
	for (i = 1; i <= MANY; i++)
		happens(a, "opened", arena_printf(mem, "%d", i));
	happens(a, "connected", NULL);
	rows = read_of(STEPS, session);
	assert_int_equal(rows.n, SESSION_STEP_MOST + 1);
	i = SESSION_STEP_MOST - 1;
	assert_string_equal(db_cell(&rows, i - 1, 1), "9");
	assert_string_equal(db_cell(&rows, i, 1), "40");
	assert_int_equal(db_cell_int(&rows, i, 3), MANY - i);
	assert_string_equal(db_cell(&rows, i + 1, 0), "connected");
}

static int
repeat(int number)
{
	struct db	*mine = open_runtime();
	int		 i, failed = 0;

	(void)number;
	for (i = 0; i < MANY; i++)
		failed += in_tenant(mine, session_step_add(tx_of(mine), session,
		    "r", "opened", NULL)) != CAL_OK;
	return failed;
}

static void
many_at_once_wait_for_nobody_and_stay_in_bounds(void **state)
{
	struct db_rows	 rows;

	(void)state;
	assert_int_equal(at_once(4, repeat), 0);
	rows = read_of(KEPT, session);
	assert_in_range(db_cell_int(&rows, 0, 0), SESSION_STEP_MOST,
	    SESSION_STEP_MOST + 3);
	assert_true(db_cell_int(&rows, 0, 1) <= 4 * MANY);
}

static void
a_long_detail_is_cut(void **state)
{
	char		 text[2001];
	struct db_rows	 rows;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	happens(a, "failed", text);
	rows = read_of(KEPT, session);
	assert_int_equal(strlen(db_cell(&rows, 0, 2)), 500);
}

static void
a_session_that_is_gone_is_said_to_be(void **state)
{
	enum cal_err	 rc;

	(void)state;
	session = crypto_uuid(mem);
	hush();
	rc = in_tenant(a, session_step_add(tx_of(a), session, "r", "opened",
	    NULL));
	unhush();
	assert_int_equal(rc, CAL_INVALID);
}

static void
call(const char *connection_id, const char *request_id)
{
	const struct api_call	 row = {
		.session_id = session,
		.request_id = request_id,
		.purpose = "exchange",
		.method = "POST",
		.path = "/oauth/token",
		.status = "400",
		.duration_ms = "1",
	};

	ok(api_call_add(a, mem, tenant, connection_id, &row, NULL));
}

/*
 * Calls that are in a connection's log outlive the session, because that log is
 * kept for longer.
 */
static void
a_sweep_takes_steps_and_calls_of_nobodys_connection(void **state)
{
	const char	*connection = new_connection(a, NULL);
	const char	*other = session_of("u2");
	struct db_rows	 rows;

	(void)state;
	happens(a, "opened", NULL);
	call(NULL, "nobodys");
	call(connection, "its");
	rows = read_of(CALLS, session);
	assert_int_equal(rows.n, 2);
	script(arena_printf(mem, "UPDATE connect_sessions"
	    "   SET expires_at = now() - interval '8 days'"
	    " WHERE id = '%s'; SELECT sweep_links(100)", session));
	rows = read_of(STEPS, session);
	assert_int_equal(rows.n, 0);
	rows = read_of(CALLS, session);
	assert_int_equal(rows.n, 1);
	assert_string_equal(db_cell(&rows, 0, 0), "its");
	session = other;
	happens(a, "opened", NULL);
}

static void
who_is_erased_leaves_no_story(void **state)
{
	const char	*user, *connection = new_connection(a, &user);
	struct db_rows	 rows;

	(void)state;
	session = session_of(user);
	happens(a, "opened", NULL);
	call(NULL, "before");
	call(connection, "after");
	ok(in_tenant(a, connection_erase(tx_of(a), connection)));
	rows = read_of(STEPS, session);
	assert_int_equal(rows.n, 0);
	rows = read_of(CALLS, session);
	assert_int_equal(rows.n, 0);
}

static int
setup(void **state)
{
	if (grants_setup(state) != 0)
		return -1;
	owner = open_as(owner_url(), reads, READS__MAX);
	return 0;
}

static int
teardown(void **state)
{
	db_free(owner);
	return grants_teardown(state);
}

#define told(f)	cmocka_unit_test_setup(f, fresh_session)

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		told(a_story_is_told_in_its_order),
		told(steps_of_one_transaction_keep_their_times),
		told(who_repeats_a_step_fills_nothing_and_hides_nothing),
		told(many_at_once_wait_for_nobody_and_stay_in_bounds),
		told(a_long_detail_is_cut),
		told(a_session_that_is_gone_is_said_to_be),
		told(a_sweep_takes_steps_and_calls_of_nobodys_connection),
		told(who_is_erased_leaves_no_story),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
