/*
 * lanes: which job is claimed next.  Tenants take turns, an account has one job
 * at a time, and accounts for which Calendly hangs have their jobs claimed in a
 * lane of their own.
 */
#include "t/repo/grants.h"

#include "app/repo/job.h"
#include "t/repo/pages.h"

enum { MINUTE = 60, MANY = 30 };

static struct job_wish	 fast, slow;

static int
no_jobs(void **state)
{
	(void)state;
	fast = slow = (struct job_wish){ .owner = crypto_uuid(mem),
		.seconds = MINUTE };
	slow.slow = true;
	script("DELETE FROM jobs");
	return 0;
}

static void
ask(const char *whose, const char *kind, const char *subject, int delay)
{
	struct tx	 tx;

	ok(tx_begin(&tx, a, mem, whose));
	ok(tx_end(&tx, tx_run(&tx, STMT(STMT_JOB_ENQUEUE, db_text(kind),
	    db_text(subject), db_int(mem, delay)), NULL)));
}

/*
 * Claims the next job of a lane, and claims again for as long as the answer is
 * CAL_CONFLICT, which asks for that.
 */
static enum cal_err
claim(struct job_wish *w, struct job *j)
{
	enum cal_err	 rc;

	while ((rc = job_claim(a, mem, w, j)) == CAL_CONFLICT)
		;
	return rc;
}

#define promise_alone(f)	cmocka_unit_test_setup(f, no_jobs)
#define nothing_due(w)	assert_int_equal(claim(&(w), &(struct job){ 0 }), \
			    CAL_NOTFOUND)

static void
tenants_take_turns(void **state)
{
	const char	*other = new_tenant();
	struct job	 j;

	(void)state;
	for (int i = 0; i < MANY; i++)
		ask(tenant, "test", arena_printf(mem, "%d", i), 0);
	ask(other, "test", "alone", 0);
	ok(claim(&fast, &j));
	if (strcmp(j.subject, "alone") != 0)
		ok(claim(&fast, &j));
	assert_string_equal(j.subject, "alone");
	ok(claim(&fast, &j));
	assert_string_equal(j.tenant_id, tenant);
}

static void
within_a_tenant_the_oldest_is_next_or_the_newest(void **state)
{
	struct job	 j;

	(void)state;
	ask(tenant, "test", "second", -1);
	ask(tenant, "test", "first", -MINUTE);
	ask(tenant, "test", "last", 0);
	ok(claim(&fast, &j));
	assert_string_equal(j.subject, "first");
	fast.newest = true;
	ok(claim(&fast, &j));
	assert_string_equal(j.subject, "last");
}

static void
tenants_with_nothing_due_hide_nobody(void **state)
{
	struct job	 j;
	int		 i;

	(void)state;
	for (i = 0; i < MANY; i++)
		ask(new_tenant(), "test", arena_printf(mem, "%d", i), MINUTE);
	ask(tenant, "test", "due", 0);
	ok(claim(&fast, &j));
	assert_string_equal(j.subject, "due");
	nothing_due(fast);
}

static void
tenants_with_nothing_due_keep_nobody_from_a_turn(void **state)
{
	const char	*other;
	struct job	 j;
	int		 i, n;

	(void)state;
	for (i = 0; i < MANY; i++)
		ask(tenant, "test", arena_printf(mem, "%d", i), -MINUTE);
	for (i = 0; i < MANY; i++)
		ask(new_tenant(), "test", arena_printf(mem, "later %d", i),
		    MINUTE);
	other = new_tenant();
	ask(other, "test", "alone", 0);
	for (n = 0; n < 5; n++) {
		ok(claim(&fast, &j));
		if (strcmp(j.tenant_id, other) == 0)
			return;
	}
	fail_msg("not among the first %d", n);
}

static void
an_account_has_one_job_at_a_time(void **state)
{
	struct grant	 g = new_grant(a);
	struct job	 j, other;

	(void)state;
	ask(tenant, "reconcile", g.connection_id, 0);
	ask(tenant, "teardown", g.id, 0);
	ok(claim(&fast, &j));
	assert_string_equal(j.account_id, g.account_id);
	nothing_due(fast);
	ok(job_finish(a, mem, &j));
	script("UPDATE jobs SET next_run_at = now()");
	ok(claim(&fast, &other));
	assert_int_not_equal(other.kind, j.kind);
}

static void
the_job_of_a_lost_runner_blocks_nobody(void **state)
{
	struct grant	 g = new_grant(a);
	struct job	 j;

	(void)state;
	ask(tenant, "reconcile", g.connection_id, -1);
	ask(tenant, "teardown", g.id, 0);
	fast.seconds = 0;
	ok(claim(&fast, &j));
	ok(claim(&fast, &j));
	assert_int_equal(j.kind, JOB_RECONCILE);
	assert_int_equal(j.attempt, 2);
}

static void
what_hangs_is_for_the_slow_lane_alone(void **state)
{
	struct grant	 g = new_grant(a), other = new_grant(a);
	struct job	 j;

	(void)state;
	ok(account_slow(a, mem, g.account_id, MINUTE));
	ask(tenant, "reconcile", g.connection_id, 0);
	ask(tenant, "reconcile", other.connection_id, 0);
	nothing_due(slow);		/* no claim has moved it there yet */
	ok(claim(&fast, &j));
	assert_string_equal(j.subject, other.connection_id);
	nothing_due(fast);
	ok(claim(&slow, &j));
	assert_string_equal(j.subject, g.connection_id);
}

static void
many_that_hang_hide_nobody(void **state)
{
	struct grant	 g;
	struct job	 j;
	int		 i;

	(void)state;
	for (i = 0; i < 2 * MANY; i++) {
		g = new_grant(a);
		ok(account_slow_of(a, mem, g.connection_id, MINUTE));
		ask(tenant, "reconcile", g.connection_id, -MINUTE);
	}
	ask(tenant, "test", "due", 0);
	ok(claim(&fast, &j));
	assert_string_equal(j.subject, "due");
}

static void
when_it_answers_again_it_is_as_before(void **state)
{
	struct grant	 g = new_grant(a);
	struct job	 j;

	(void)state;
	ok(account_slow(a, mem, g.account_id, MINUTE));
	ok(account_slow(a, mem, g.account_id, 0));
	ask(tenant, "reconcile", g.connection_id, 0);
	ok(claim(&fast, &j));
	ok(job_finish(a, mem, &j));
	ok(account_slow(a, mem, g.account_id, MINUTE));
	script("UPDATE accounts SET slow_until = now() - interval '1 s'"
	    " WHERE slow_until IS NOT NULL");
	ask(tenant, "reconcile", g.connection_id, 0);
	ok(claim(&fast, &j));
}

static void
what_is_renewed_is_not_taken_over(void **state)
{
	struct job_wish	 short_wish = fast;
	struct job	 j, again;

	(void)state;
	ask(tenant, "test", "long", 0);
	short_wish.seconds = 0;
	ok(claim(&short_wish, &j));
	ok(job_renew(a, mem, fast.owner, 60));
	nothing_due(fast);
	script("UPDATE jobs SET deadline = now() - interval '1 second'");
	ok(claim(&fast, &again));
	assert_string_equal(again.id, j.id);
	assert_int_equal(job_finish(a, mem, &j), CAL_CONFLICT);
}

static void
what_is_put_back_was_not_tried(void **state)
{
	struct job	 j;

	(void)state;
	ask(tenant, "test", "a", 0);
	ok(claim(&fast, &j));
	assert_int_equal(j.tries, 1);
	ok(job_put_back(a, mem, &j, 0, true, NULL));
	nothing_due(fast);
	ok(claim(&slow, &j));
	assert_int_equal(j.tries, 1);
	assert_int_equal(j.attempt, 2);
	ok(job_put_back(a, mem, &j, MINUTE * 1000, true, NULL));
	nothing_due(slow);
	assert_int_equal(job_put_back(a, mem, &(struct job){ .id = j.id,
	    .attempt = 1 }, 0, true, NULL), CAL_CONFLICT);
}

static const struct db_stmt	cost = {
	.name = "cost",
	.sql = "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF)"
	    " SELECT count(*)"
	    "  FROM job_take(gen_random_uuid(), 300, false, false, 0)",
};

/*
 * A runner that began while there were no jobs has query plans of that time;
 * these must not make it read all of the jobs that come later.
 */
static void
a_runner_may_have_begun_while_there_were_none(void **state)
{
	enum { PLANS = 12, MOST = 300 };
	struct db	*runner = open_as(runtime_url(), &cost, 1);
	struct db	*owner = open_owner();
	int64_t		 pages;
	int		 i;

	(void)state;
	ok(db_script(owner, "VACUUM ANALYZE jobs", "vacuum"));
	ask(tenant, "test", "first", 0);
	for (i = 0; i < PLANS; i++)
		(void)pages_read(runner, 0);
	script(arena_printf(mem, "INSERT INTO jobs (tenant_id, kind, subject)"
	    " SELECT %s, 'test', n FROM generate_series(1, 50000) n", tenant));
	pages = pages_read(runner, 0);
	db_free(runner);
	db_free(owner);
	if (pages > MOST)
		fail_msg("%lld pages", (long long)pages);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise_alone(tenants_take_turns),
		promise_alone(within_a_tenant_the_oldest_is_next_or_the_newest),
		promise_alone(tenants_with_nothing_due_hide_nobody),
		promise_alone(tenants_with_nothing_due_keep_nobody_from_a_turn),
		promise_alone(an_account_has_one_job_at_a_time),
		promise_alone(the_job_of_a_lost_runner_blocks_nobody),
		promise_alone(what_hangs_is_for_the_slow_lane_alone),
		promise_alone(many_that_hang_hide_nobody),
		promise_alone(when_it_answers_again_it_is_as_before),
		promise_alone(what_is_renewed_is_not_taken_over),
		promise_alone(what_is_put_back_was_not_tried),
		promise_alone(a_runner_may_have_begun_while_there_were_none),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, grants_setup, grants_teardown);
}
