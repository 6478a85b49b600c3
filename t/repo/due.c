/*
 * due: a runner learns when recurring work is due next, asks for it when it is,
 * and is not kept awake by what it cannot ask for.
 */
#include "t/repo/grants.h"

#include "app/job/job.h"
#include "app/repo/job.h"
#include "app/service/service.h"

enum { PAUSE = 10 * 1000 };	/* ms; that long a test does not take */

static const char	*connection;

static const char *
moment(const char *after)
{
	return after == NULL ? "NULL::timestamptz" : arena_printf(mem,
	    "now() + interval '%s'", after);
}

/* Sets when a check, a poll and a look for a room are due; NULL: never. */
static void
planned(const char *check, const char *poll, const char *look)
{
	script(arena_printf(mem, "DELETE FROM jobs;"
	    "UPDATE connections SET next_check_at ="
	    "  coalesce(%s, 'infinity');"
	    "UPDATE syncs SET next_at = %s, look_at = %s", moment(check),
	    moment(poll), moment(look)));
}

static int64_t
number(const char *sql)
{
	const struct db_stmt	 one = { .name = "one", .sql = sql };
	struct db		*db = open_as(owner_url(), &one, 1);
	struct db_rows		 rows;

	ok(db_run(db, mem, DB_QUERY0(0), &rows));
	db_free(db);
	return db_cell_int(&rows, 0, 0);
}

static int64_t
jobs_asked(void)
{
	return number("SELECT count(*) FROM jobs");
}

/* Looks as a runner does; returns its pause. */
static long
looks(bool *asked)
{
	struct service	 cal = { .db = a };
	long		 ms = PAUSE;

	ok(job_ask_due(&cal, mem, asked, &ms));
	return ms;
}

static void
waits(int least, int most)
{
	bool	 asked;
	long	 ms = looks(&asked);

	assert_false(asked);
	assert_in_range(ms, least, most);
}

static void
it_waits_until_the_next_is_due(void **state)
{
	(void)state;
	planned(NULL, NULL, NULL);
	waits(PAUSE, PAUSE);
	planned("1 hour", "1 hour", "1 hour");
	waits(PAUSE, PAUSE);
	planned("9 seconds", NULL, NULL);
	waits(1, 9000);
	planned(NULL, "9 seconds", "1 hour");
	waits(1, 9000);
	planned("1 hour", "1 hour", "9 seconds");
	waits(1, 9000);
	assert_int_equal(jobs_asked(), 0);
}

static void
what_is_due_is_asked_for_at_once(void **state)
{
	static const char *const	 at[][3] = {
		{ "0 s", NULL, NULL }, { NULL, "-1 hour", NULL },
		{ NULL, NULL, "-1 day" }, { "-1 s", "-1 s", "1 hour" },
	};
	size_t				 i;
	bool				 asked;

	(void)state;
	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		planned(at[i][0], at[i][1], at[i][2]);
		assert_in_range(looks(&asked), 1, 1000);
		assert_true(asked);
		assert_in_range(jobs_asked(), 1, 2);
		waits(1000, PAUSE);
	}
}

/*
 * A runner takes the newest and the oldest in turn.  What others ask for while
 * the backlog of an outage is asked for is newer than that.
 */
static void
a_job_is_as_old_as_its_work_is_due(void **state)
{
	static const char	*late[] = { "-1 hour", "-2 years" };
	struct job_wish		 wish = {
		.owner = "00000000-0000-4000-8000-000000000001",
		.seconds = 60, .newest = true
	};
	struct job		 j;
	size_t			 i;
	bool			 asked;

	(void)state;
	for (i = 0; i < 2; i++) {
		planned(late[i], late[i], NULL);
		ok(in_tenant(a, job_enqueue(tx_of(a), JOB_ERASE,
		    crypto_uuid(mem), 0)));
		(void)looks(&asked);
		assert_int_equal(number("SELECT count(*) FROM jobs"
		    " WHERE next_run_at < now() - interval '59 minutes'"), 2);
		ok(job_claim(a, mem, &wish, &j));
		assert_int_equal(j.kind, JOB_ERASE);
		wish.newest = false;
		ok(job_claim(a, mem, &wish, &j));
		assert_int_not_equal(j.kind, JOB_ERASE);
		wish.newest = true;
	}
	planned(NULL, NULL, "-1 hour");
	(void)looks(&asked);
	assert_int_equal(number("SELECT count(*) FROM jobs"
	    " WHERE next_run_at < now() - interval '59 minutes'"), 1);
}

/* A connection that is not connected is not checked, and so keeps nobody. */
static void
who_is_not_connected_is_not_waited_for(void **state)
{
	const char	*other = new_connection(a, NULL);

	(void)state;
	planned("1 hour", NULL, NULL);
	script(arena_printf(mem, "UPDATE connections SET next_check_at ="
	    " now() - interval '1 hour' WHERE id = '%s'", other));
	waits(PAUSE, PAUSE);
}

static void
what_is_locked_keeps_nobody_awake(void **state)
{
	struct db	*holder = open_owner();

	(void)state;
	planned("-1 s", "-1 s", NULL);
	ok(db_begin(holder));
	ok(db_script(holder, "SELECT FROM tenants FOR UPDATE", "holder"));
	waits(PAUSE, PAUSE);
	ok(db_commit(holder));
	db_free(holder);
	assert_int_equal(jobs_asked(), 0);
}

/* What does not fit into one call is asked for without a pause. */
static void
many_are_asked_for_one_call_after_another(void **state)
{
	bool	 asked;

	(void)state;
	script(arena_printf(mem, "INSERT INTO connections (tenant_id, user_id,"
	    "       status) SELECT %s, 'many' || n, 'connected'"
	    "  FROM generate_series(1, 150) n", tenant));
	planned("-1 s", NULL, NULL);
	assert_int_equal(looks(&asked), 0);
	assert_true(asked);
	assert_in_range(looks(&asked), 1, 1000);
	assert_true(asked);
	waits(PAUSE, PAUSE);
}

static int
setup(void **state)
{
	if (grants_setup(state) != 0)
		return -1;
	connection = new_grant(a).connection_id;
	script(arena_printf(mem, "INSERT INTO syncs (connection_id, tenant_id)"
	    " VALUES ('%s', %s)", connection, tenant));
	return 0;
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(it_waits_until_the_next_is_due),
		promise(what_is_due_is_asked_for_at_once),
		promise(a_job_is_as_old_as_its_work_is_due),
		promise(who_is_not_connected_is_not_waited_for),
		promise(what_is_locked_keeps_nobody_awake),
		promise(many_are_asked_for_one_call_after_another),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, grants_teardown);
}
