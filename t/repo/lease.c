/*
 * lease: which process may refresh or work on a grant, and whose answer counts.
 */
#include "t/repo/grants.h"

enum { MINUTE = 60, CONTENDERS = 8 };

static const char	*me, *other;

static enum cal_err
take(struct db *db, const struct grant *g, const char *owner, int seconds,
    int grace)
{
	return in_tenant(db, lease_take(tx_of(db), g, owner, seconds, grace));
}

static enum cal_err
commit(struct db *db, const struct grant *g)
{
	return in_tenant(db, lease_commit(tx_of(db), g->id, g->generation,
	    &pair));
}

static enum cal_err
defer(struct db *db, const struct grant *g, const char *owner, int64_t ms,
    bool definite)
{
	return in_tenant(db, lease_defer(tx_of(db), g, owner, ms, definite));
}

static struct grant
load(const char *id)
{
	struct grant	 g;

	ok(in_tenant(a, grant_load(tx_of(a), id, &g)));
	return g;
}

#define conflict(call)	assert_int_equal((call), CAL_CONFLICT)

static void
one_refresh_at_a_time(void **state)
{
	struct grant	 g = new_grant(a);

	(void)state;
	ok(take(a, &g, me, MINUTE, 0));
	conflict(take(b, &g, other, MINUTE, 0));
	assert_true(load(g.id).refreshing);
}

static const struct grant	*contended;

static int
contend(int number)
{
	struct db	*db = open_runtime();
	const char	*owner = crypto_uuid(mem);

	(void)number;
	return take(db, contended, owner, MINUTE, 0) == CAL_OK;
}

static void
of_many_at_once_one_gets_it(void **state)
{
	struct grant	 g = new_grant(a);

	(void)state;
	contended = &g;
	assert_int_equal(at_once(CONTENDERS, contend), 1);
}

static void
a_lease_is_not_given_for_an_old_generation(void **state)
{
	struct grant	 g = new_grant(a);

	(void)state;
	ok(take(a, &g, me, MINUTE, 0));
	ok(commit(a, &g));
	conflict(take(b, &g, other, MINUTE, 0));
	assert_int_equal(load(g.id).generation, g.generation + 1);
}

static void
a_late_success_is_still_a_success(void **state)
{
	struct grant	 g = new_grant(a);

	(void)state;
	ok(take(a, &g, me, 0, 0));		/* runs out at once */
	ok(take(b, &g, other, MINUTE, 0));
	ok(commit(a, &g));
	conflict(commit(b, &g));
	assert_false(load(g.id).refreshing);
}

static void
after_a_crash_in_the_call_a_grace_is_waited_for(void **state)
{
	struct grant	 g = new_grant(a);

	(void)state;
	ok(take(a, &g, me, 0, 0));		/* the holder crashes */
	assert_true(load(g.id).started);
	conflict(take(b, &g, other, MINUTE, MINUTE));
	ok(take(b, &g, other, MINUTE, 0));
	assert_int_equal(load(g.id).probes, 1);
}

static void
a_definite_failure_leaves_no_doubt(void **state)
{
	struct grant	 g = new_grant(a);

	(void)state;
	ok(take(a, &g, me, MINUTE, 0));
	ok(defer(a, &g, me, MINUTE * 1000, true));
	assert_false(load(g.id).started);
	assert_false(load(g.id).refreshing);
	conflict(take(b, &g, other, MINUTE, 0));	/* too early to retry */
	assert_true(load(g.id).not_before_ms > 0);
}

static void
an_ambiguous_failure_stays_open_until_an_answer(void **state)
{
	struct grant	 g = new_grant(a);

	(void)state;
	ok(take(a, &g, me, MINUTE, 0));
	ok(defer(a, &g, me, 0, false));
	g = load(g.id);
	assert_true(g.started);
	ok(take(b, &g, other, MINUTE, 0));		/* a probe */
	/*
	 * The probe was not sent, so the first refresh is as doubtful as
	 * before.
	 */
	ok(defer(b, &g, other, 0, true));
	g = load(g.id);
	assert_true(g.started);
	assert_int_equal(g.probes, 1);
	ok(take(b, &g, other, MINUTE, 0));
	ok(commit(b, &g));
	g = load(g.id);
	assert_false(g.started);
	assert_int_equal(g.probes, 0);
}

static void
only_the_holder_gives_it_back(void **state)
{
	struct grant	 g = new_grant(a);

	(void)state;
	ok(take(a, &g, me, MINUTE, 0));
	conflict(defer(b, &g, other, 0, true));
	assert_true(load(g.id).refreshing);
}

static void
a_refusal_counts_for_the_token_it_was_about(void **state)
{
	struct grant	 g = new_grant(a);
	bool		 probed;

	(void)state;
	ok(take(a, &g, me, 0, 0));
	ok(take(b, &g, other, MINUTE, 0));
	ok(commit(a, &g));
	conflict(in_tenant(b, lease_refused(tx_of(b), g.id, g.generation,
	    &probed)));
	g = load(g.id);
	assert_int_equal(g.status, GRANT_LIVE);
	assert_non_null(g.refresh_sealed.p);
	ok(take(a, &g, me, MINUTE, 0));
	ok(in_tenant(a, lease_refused(tx_of(a), g.id, g.generation, &probed)));
	assert_false(probed);
	g = load(g.id);
	assert_int_equal(g.status, GRANT_NEEDS_REAUTH);
	assert_null(g.refresh_sealed.p);
	conflict(take(a, &g, me, MINUTE, 0));	/* the token is never sent
						 * again */
}

static void
a_refusal_after_a_probe_says_so(void **state)
{
	struct grant	 g = new_grant(a);
	bool		 probed = false;

	(void)state;
	ok(take(a, &g, me, 0, 0));
	ok(take(b, &g, other, MINUTE, 0));
	ok(in_tenant(b, lease_refused(tx_of(b), g.id, g.generation, &probed)));
	assert_true(probed);
}

static void
a_new_consent_ends_what_was_tried_with_the_old_pair(void **state)
{
	struct grant	 g = new_grant(a);

	(void)state;
	ok(take(a, &g, me, MINUTE, 0));
	ok(in_tenant(b, grant_replace_tokens(tx_of(b), g.id, g.generation,
	    &pair)));
	conflict(commit(a, &g));
	g = load(g.id);
	assert_false(g.refreshing || g.started);
}

/* The tests below are about the work lease. */

static enum cal_err
work(struct db *db, const char *grant, int seconds, int64_t *fence)
{
	return in_tenant(db, work_take(tx_of(db), grant, me, seconds, fence));
}

static enum cal_err
hold(struct db *db, const char *grant, int64_t fence, enum grant_status status)
{
	return in_tenant(db, work_hold(tx_of(db), grant, fence, MINUTE,
	    status));
}

static void
one_works_at_a_time_and_stale_ones_are_fenced(void **state)
{
	struct grant	 g = new_grant(a);
	int64_t		 first, second, none;

	(void)state;
	ok(work(a, g.id, 0, &first));		/* this lease runs out at
						 * once */
	ok(work(b, g.id, MINUTE, &second));
	assert_true(second > first);
	conflict(work(a, g.id, MINUTE, &none));
	conflict(hold(a, g.id, first, GRANT_LIVE));
	ok(hold(b, g.id, second, GRANT_LIVE));
	/* A process that lost the lease cannot free it for others. */
	ok(in_tenant(a, work_drop(tx_of(a), g.id, first)));
	conflict(work(a, g.id, MINUTE, &none));
	ok(in_tenant(b, work_drop(tx_of(b), g.id, second)));
	ok(work(a, g.id, MINUTE, &none));
}

static void
work_ends_when_the_grant_is_let_go(void **state)
{
	struct grant	 g = new_grant(a);
	int64_t		 fence;

	(void)state;
	ok(work(a, g.id, MINUTE, &fence));
	ok(in_tenant(b, grant_mark_teardown(tx_of(b), g.id)));
	conflict(hold(a, g.id, fence, GRANT_LIVE));
	ok(hold(a, g.id, fence, GRANT_TEARDOWN));
}

static int
setup(void **state)
{
	if (grants_setup(state) != 0)
		return -1;
	me = crypto_uuid(mem);
	other = crypto_uuid(mem);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(one_refresh_at_a_time),
		promise(of_many_at_once_one_gets_it),
		promise(a_lease_is_not_given_for_an_old_generation),
		promise(a_late_success_is_still_a_success),
		promise(after_a_crash_in_the_call_a_grace_is_waited_for),
		promise(a_definite_failure_leaves_no_doubt),
		promise(an_ambiguous_failure_stays_open_until_an_answer),
		promise(only_the_holder_gives_it_back),
		promise(a_refusal_counts_for_the_token_it_was_about),
		promise(a_refusal_after_a_probe_says_so),
		promise(a_new_consent_ends_what_was_tried_with_the_old_pair),
		promise(one_works_at_a_time_and_stale_ones_are_fenced),
		promise(work_ends_when_the_grant_is_let_go),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, grants_teardown);
}
