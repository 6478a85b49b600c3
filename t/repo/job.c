/*
 * job: each job is done by one runner at a time, and none is lost.
 */
#include "t/repo/grants.h"

#include "app/repo/job.h"

enum { MINUTE = 60, CONTENDERS = 4, JOBS = 40 };

static const char	*me;

/* For a kind of which no version knows anything. */
static void
ask(const char *subject, int delay)
{
	ok(in_tenant(a, tx_run(tx_of(a), STMT(STMT_JOB_ENQUEUE,
	    db_text("test"), db_text(subject), db_int(mem, delay)), NULL)));
}

static void
enqueue(const char *subject)
{
	ask(subject, 0);
}

static enum cal_err
claim(int seconds, struct job *j)
{
	return job_claim(a, mem, &(struct job_wish){ .owner = me,
	    .seconds = seconds }, j);
}

/*
 * Deletes all jobs, because a job that another test left would be claimed in
 * place of this test's own.
 */
static int
no_jobs(void **state)
{
	(void)state;
	script("DELETE FROM jobs");
	return 0;
}

#define promise_alone(f)	cmocka_unit_test_setup(f, no_jobs)
#define lost(call)		assert_int_equal((call), CAL_CONFLICT)
#define nothing_due(j)		assert_int_equal(claim(MINUTE, j), CAL_NOTFOUND)

static void
a_claim_is_for_one(void **state)
{
	struct job	 j, none;

	(void)state;
	enqueue("a");
	ok(claim(MINUTE, &j));
	assert_string_equal(j.tenant_id, tenant);
	assert_int_equal(j.kind, JOB_UNKNOWN);
	assert_string_equal(j.kind_name, "test");
	assert_string_equal(j.subject, "a");
	assert_int_equal(j.tries, 1);
	nothing_due(&none);
	ok(job_finish(a, mem, &j));
	nothing_due(&none);
}

static void
asking_again_while_it_fails_is_not_forgotten(void **state)
{
	struct job	 j, again;

	(void)state;
	enqueue("a");
	ok(claim(MINUTE, &j));
	enqueue("a");
	ok(job_fail(a, mem, &j, 3600 * 1000, true, "the cause"));
	script("UPDATE jobs SET next_run_at = next_run_at - interval '1 s'");
	ok(claim(MINUTE, &again));
	assert_int_equal(again.tries, 1);
	ok(job_finish(a, mem, &again));
}

static void
asking_twice_is_asking_once(void **state)
{
	struct job	 j, none;

	(void)state;
	enqueue("a");
	enqueue("a");
	ok(claim(MINUTE, &j));
	ok(job_finish(a, mem, &j));
	nothing_due(&none);
}

static void
asking_during_a_run_gives_another_run(void **state)
{
	struct job	 j, again;

	(void)state;
	enqueue("a");
	ok(claim(MINUTE, &j));
	enqueue("a");
	ok(job_finish(a, mem, &j));
	ok(claim(MINUTE, &again));
	assert_string_equal(again.id, j.id);
	assert_int_equal(again.tries, 1);
	ok(job_finish(a, mem, &again));
	nothing_due(&j);
}

static void
who_lost_its_claim_can_end_nothing(void **state)
{
	struct job	 stale, j;

	(void)state;
	enqueue("a");
	ok(claim(0, &stale));			/* runs out at once */
	ok(claim(MINUTE, &j));
	assert_int_equal(j.attempt, stale.attempt + 1);
	assert_int_equal(j.tries, 2);
	lost(job_finish(a, mem, &stale));
	lost(job_fail(a, mem, &stale, 0, true, "late"));
	ok(job_finish(a, mem, &j));
	lost(job_finish(a, mem, &j));
}

static void
a_failed_job_comes_back_after_its_pause(void **state)
{
	struct job	 j, again;

	(void)state;
	enqueue("a");
	ok(claim(MINUTE, &j));
	ok(job_fail(a, mem, &j, 60000, false, "why"));
	nothing_due(&again);
	script("UPDATE jobs SET next_run_at = now()");
	ok(claim(MINUTE, &again));
	assert_int_equal(again.tries, 2);
	ok(job_fail(a, mem, &again, 0, false, "why"));
	ok(claim(MINUTE, &again));
	assert_int_equal(again.tries, 3);
}

static void
a_parked_job_waits_for_a_person(void **state)
{
	struct db	*owner = open_owner();
	struct ops_job	*rows;
	const char	*id;
	struct job	 j, again;
	int		 n;

	(void)state;
	enqueue("a");
	ok(claim(MINUTE, &j));
	ok(job_fail(a, mem, &j, 0, true, "the cause"));
	nothing_due(&again);
	ok(ops_job_list(owner, mem, NULL, true, 10, &rows, &n));
	assert_int_equal(n, 1);
	assert_string_equal(rows[0].id, j.id);
	assert_int_equal(rows[0].state, JOB_PARKED);
	assert_string_equal(rows[0].error, "the cause");
	ok(ops_job_retry(owner, mem, j.id, &id));
	assert_string_equal(id, tenant);
	ok(claim(MINUTE, &again));
	assert_int_equal(again.tries, 1);
	db_free(owner);
}

static void
asking_for_a_parked_job_wakes_it(void **state)
{
	struct job	 j, again;

	(void)state;
	enqueue("a");
	ok(claim(MINUTE, &j));
	ok(job_fail(a, mem, &j, 0, true, "the cause"));
	enqueue("a");
	ok(claim(MINUTE, &again));
	assert_int_equal(again.tries, 1);
}

static void
a_delayed_job_is_not_due(void **state)
{
	struct job	 none;

	(void)state;
	ask("later", MINUTE);
	nothing_due(&none);
}

/* Claims jobs until none is due; returns how many it claimed and finished. */
static int
drain(int number)
{
	struct db	*mine = open_runtime();
	struct job_wish	 wish = {
		.owner = crypto_uuid(mem),
		.seconds = MINUTE,
	};
	struct job	 j;
	int		 n = 0;

	(void)number;
	while (job_claim(mine, mem, &wish, &j) == CAL_OK)
		n += job_finish(mine, mem, &j) == CAL_OK;
	return n;
}

static void
many_runners_do_each_job_once(void **state)
{
	struct job	 none;
	int		 i;

	(void)state;
	for (i = 0; i < JOBS; i++)
		enqueue(arena_printf(mem, "%d", i));
	assert_int_equal(at_once(CONTENDERS, drain), JOBS);
	nothing_due(&none);
}

static int
setup(void **state)
{
	if (grants_setup(state) != 0)
		return -1;
	me = crypto_uuid(mem);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise_alone(a_claim_is_for_one),
		promise_alone(asking_again_while_it_fails_is_not_forgotten),
		promise_alone(asking_twice_is_asking_once),
		promise_alone(asking_during_a_run_gives_another_run),
		promise_alone(who_lost_its_claim_can_end_nothing),
		promise_alone(a_failed_job_comes_back_after_its_pause),
		promise_alone(a_parked_job_waits_for_a_person),
		promise_alone(asking_for_a_parked_job_wakes_it),
		promise_alone(a_delayed_job_is_not_due),
		promise_alone(many_runners_do_each_job_once),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, grants_teardown);
}
