/*
 * push_claim: how long a pusher's claim on a destination holds.
 */
#include "t/repo/pushes.h"

static void
a_claim_is_lost_by_any_change(void **state)
{
	const struct destination_change	 paused = {
		.state = DESTINATION_PAUSED
	}, resumed = { .state = DESTINATION_ACTIVE };
	struct pusher			*p = new_pusher(a), *q = new_pusher(b);

	(void)state;
	begin_pushing();
	happens(1, 2, 3);
	assert_true(claims(p));
	/* The clock of the database: milliseconds since 1970, not since boot */
	assert_true(p->target.now > 1700000000000);
	assert_int_equal(takes(p, 1), 1);
	ok(in_tenant(b, destination_change(tx_of(b), dest, &paused)));
	assert_int_equal(takes(p, 1), 0);
	assert_true(p->news.lost);
	assert_int_equal(p->after, 1);
	ends(p, 1, PUSH_DELIVERED);
	releases(p);
	rows_are("1d");
	assert_false(claims(q));
	ok(in_tenant(b, destination_change(tx_of(b), dest, &resumed)));
	assert_true(claims(q));
	assert_int_equal(q->target.cursor, 1);
	assert_int_equal(takes(p, 1), 0);
	assert_true(p->news.lost);
	claims_expire();
	assert_true(claims(p));
	assert_int_equal(takes(q, 1), 0);
	assert_true(q->news.lost);
	ok(in_tenant(b, destination_remove(tx_of(b), dest)));
	assert_int_equal(takes(p, 1), 0);
	assert_true(p->news.lost);
}

/* An expired claim that nobody else wanted holds on. */
static void
a_claim_is_renewed_by_taking(void **state)
{
	struct pusher	*p = new_pusher(a);

	(void)state;
	begin_pushing();
	happens(1, 2, 3);
	assert_true(claims(p));
	claims_expire();
	assert_int_equal(takes(p, 0), 0);
	assert_false(p->news.lost);
	assert_false(claims(new_pusher(b)));
}

static void
what_somebody_holds_is_not_waited_for(void **state)
{
	const struct destination_change	 other = { .description = "other" };
	struct push_result		 r;
	struct push_progress		 now;
	struct pusher			*p = new_pusher(a);
	const char *const		*left;

	(void)state;
	begin_pushing();
	happens(1, 2);
	tenant_begins(b);
	ok(destination_change(tx_of(b), dest, &other));
	assert_false(claims(p));
	db_rollback(b);
	assert_true(claims(p));
	assert_int_equal(takes(p, 1), 1);
	tenant_begins(b);
	ok(destination_change(tx_of(b), dest, &other));
	assert_int_equal(takes(p, 1), 0);
	assert_false(p->news.lost);
	assert_true(p->news.more);
	r = result_of(p, &p->flight[0], PUSH_DELIVERED, 1);
	now = progress_of(p, false);
	ok(push_record(a, mem, p->owner, &r, 1, &now, 1, &left));
	assert_string_equal(left[0], dest);
	assert_null(left[1]);
	rows_are("");
	db_rollback(b);
	ok(push_record(a, mem, p->owner, &r, 1, &now, 1, &left));
	assert_null(left[0]);
	rows_are("1d");
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(a_claim_is_lost_by_any_change),
		promise(a_claim_is_renewed_by_taking),
		promise(what_somebody_holds_is_not_waited_for),
	};

	return run_pushes(tests);
}
