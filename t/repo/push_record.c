/*
 * push_record: what became of events is recorded once, whoever says it, when,
 * and how often.
 */
#include "t/repo/pushes.h"

/* Two pushers that both have event 1 in flight: "p" has lost its claim. */
static struct pusher	*p, *q;

static void
begin_stale(void)
{
	begin_pushing();
	happens(1, 2, 1);
	p = new_pusher(a);
	q = new_pusher(b);
	assert_true(claims(p));
	assert_int_equal(takes(p, 9), 2);
	claims_expire();
	assert_true(claims(q));
	assert_int_equal(q->target.cursor, 0);
	assert_int_equal(takes(q, 1), 1);
}

static void
the_same_is_recorded_once(void **state)
{
	struct push_result	 r;

	(void)state;
	begin_pushing();
	happens(1);
	p = new_pusher(a);
	assert_true(claims(p));
	assert_int_equal(takes(p, 1), 1);
	r = result_of(p, &p->flight[0], PUSH_WAITING, 5);
	p->n = 0;
	records(p, &r, 1, false);
	records(p, &r, 1, false);
	rows_are("1w");
	assert_string_equal(look(PUSH_LOOK, dest), "1 500 77 1");
	assert_int_equal(takes(p, 1), 1);
	records(p, &r, 1, false);
	r = result_of(p, &p->flight[0], PUSH_DELIVERED, 6);
	p->n = 0;
	records(p, &r, 1, false);
	records(p, &r, 1, false);
	r.status = PUSH_WAITING;
	r.at = 7;
	records(p, &r, 1, false);
	rows_are("1d");
	assert_string_equal(look(PUSH_LOOK, dest), "2 200 77 1");
}

static void
a_lost_claim_still_tells_what_was_delivered(void **state)
{
	(void)state;
	begin_stale();
	ends(p, 1, PUSH_DELIVERED);
	rows_are("1d 3w");
	/* The lane is still in flight at the new owner. */
	assert_int_equal(takes(q, 9), 1);
	assert_string_equal(in_flight(q), "1 2");
	ends(q, 1, PUSH_WAITING);
	rows_are("1d 3w");
	assert_int_equal(takes(q, 9), 1);
	assert_string_equal(in_flight(q), "2 3");
	assert_string_equal(look(PUSH_LOOK, dest), "1 200 - 0");
}

/*
 * The lost pusher delivers event 1 before the new owner holds 3 behind it; and
 * then that one is lost, too.
 */
static void
what_is_held_behind_something_done_is_let_go(void **state)
{
	struct pusher	*r;

	(void)state;
	begin_stale();
	script("SET ROLE calendlyd_definer; DELETE FROM pushes");
	q->after = 1;
	ends(p, 1, PUSH_DELIVERED);
	assert_int_equal(takes(q, 9), 1);
	rows_are("1d 3h");
	ends(q, 1, PUSH_DELIVERED);
	rows_are("1d 3w");
	script("SET ROLE calendlyd_definer;"
	    "UPDATE pushes SET status = 'held' WHERE seq = 3");
	claims_expire();
	r = new_pusher(a);
	assert_true(claims(r));
	assert_int_equal(r->target.cursor, 1);
	assert_int_equal(takes(r, 9), 1);
	ends(r, 2, PUSH_DELIVERED);
	rows_are("1d 2d 3w");
}

static void
a_lost_claim_does_not_tell_what_failed(void **state)
{
	(void)state;
	begin_stale();
	ends(p, 1, PUSH_WAITING);
	ends(p, 2, PUSH_DEAD);
	rows_are("3h");
	assert_int_equal(takes(q, 9), 1);
	ends(q, 1, PUSH_WAITING);
	ends(q, 2, PUSH_WAITING);
	rows_are("1w 2w 3h");
}

static void
a_lost_claim_does_not_end_the_new_one(void **state)
{
	(void)state;
	begin_stale();
	p->n = 0;
	p->after = 3;
	releases(p);
	assert_int_equal(takes(q, 0), 0);
	assert_false(q->news.lost);
	claims_expire();
	assert_true(claims(p));
	assert_int_equal(p->target.cursor, 0);
}

/*
 * What was in flight when a pusher died has no row, but what came after it in
 * its lane is held, and may be let go by an earlier one meanwhile.
 */
static void
a_new_owner_keeps_the_order_of_a_lane(void **state)
{
	(void)state;
	begin_stale();
	rows_are("3h");
	assert_string_equal(in_flight(q), "1");
	assert_int_equal(takes(q, 9), 1);
	assert_string_equal(in_flight(q), "1 2");
	ends(q, 1, PUSH_WAITING);
	rows_are("1w 3h");
	assert_int_equal(takes(q, 9), 1);
	ends(q, 1, PUSH_DELIVERED);
	assert_int_equal(takes(q, 9), 1);
	assert_string_equal(in_flight(q), "2 3");
}

/*
 * Event 2 has no row when its pusher is lost, while 1, before it in its lane,
 * waits, and 3, behind it, is held.  The lost pusher still delivers 1, so 3 is
 * let go, but it is not to be taken before 2.
 */
static void
what_is_let_go_waits_for_what_has_no_row(void **state)
{
	(void)state;
	begin_pushing();
	happens(1, 1, 1);
	p = new_pusher(a);
	assert_true(claims(p));
	assert_int_equal(takes(p, 9), 1);
	ends(p, 1, PUSH_WAITING);
	script("SET ROLE calendlyd_definer;"
	    "DELETE FROM pushes WHERE seq = 2;"
	    "UPDATE destinations SET cursor = 1");
	assert_int_equal(takes(p, 9), 1);
	assert_string_equal(in_flight(p), "1");
	claims_expire();
	q = new_pusher(b);
	assert_true(claims(q));
	assert_int_equal(q->after, 1);
	ends(p, 1, PUSH_DELIVERED);
	rows_are("1d 3w");
	assert_int_equal(takes(q, 9), 1);
	assert_string_equal(in_flight(q), "2");
	assert_int_equal(takes(q, 9), 0);
	ends(q, 2, PUSH_WAITING);
	rows_are("1d 2w 3h");
	assert_int_equal(takes(q, 9), 1);
	assert_string_equal(in_flight(q), "2");
}

static void
a_dead_one_that_is_driven_again_goes_first(void **state)
{
	struct pusher	*r = new_pusher(a);
	int64_t		 n;
	bool		 more;

	(void)state;
	begin_pushing();
	happens(1, 1, 1);
	assert_true(claims(r));
	assert_int_equal(takes(r, 9), 1);
	ends(r, 1, PUSH_DEAD);
	assert_int_equal(takes(r, 9), 1);
	ok(in_tenant(b, push_redrive(tx_of(b), dest, NULL, 10, &n, &more)));
	assert_int_equal(n, 1);
	assert_false(more);
	rows_are("1w 2h 3h");
	assert_int_equal(takes(r, 9), 0);	/* 2 is in flight */
	ends(r, 2, PUSH_WAITING);
	rows_are("1w 2h 3h");
	assert_int_equal(takes(r, 9), 1);
	assert_string_equal(in_flight(r), "1");
	ends(r, 1, PUSH_DELIVERED);
	rows_are("1d 2w 3h");
}

/* The claim expired and was taken again by the same pusher: two results. */
static void
two_results_of_one_event_at_once(void **state)
{
	struct push_result	 r[3];

	(void)state;
	begin_pushing();
	happens(1, 1);
	p = new_pusher(a);
	assert_true(claims(p));
	assert_int_equal(takes(p, 9), 1);
	r[0] = result_of(p, &p->flight[0], PUSH_WAITING, 7);
	r[1] = result_of(p, &p->flight[0], PUSH_DELIVERED, 5);
	r[2] = result_of(p, &p->flight[0], PUSH_WAITING, 6);
	p->n = 0;
	records(p, r, 3, false);
	rows_are("1d 2w");
}

static void
nothing_to_record_is_nothing(void **state)
{
	const char *const	*left;

	(void)state;
	ok(push_record(a, mem, crypto_uuid(mem), NULL, 0, NULL, 0, &left));
	assert_null(left[0]);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(the_same_is_recorded_once),
		promise(a_lost_claim_still_tells_what_was_delivered),
		promise(what_is_held_behind_something_done_is_let_go),
		promise(a_lost_claim_does_not_tell_what_failed),
		promise(a_lost_claim_does_not_end_the_new_one),
		promise(a_new_owner_keeps_the_order_of_a_lane),
		promise(what_is_let_go_waits_for_what_has_no_row),
		promise(a_dead_one_that_is_driven_again_goes_first),
		promise(two_results_of_one_event_at_once),
		promise(nothing_to_record_is_nothing),
	};

	return run_pushes(tests);
}
