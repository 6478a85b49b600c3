/*
 * push_health: who says how a destination stands.
 */
#include "t/repo/pushes.h"

static struct pusher	*p;

static struct destination
found(void)
{
	struct destination	 d;

	ok(in_tenant(b, destination_find(tx_of(b), dest, &d)));
	return d;
}

static void
health_is_the_owners_until_a_change(void **state)
{
	const struct destination_change	 resumed = {
		.state = DESTINATION_ACTIVE
	};
	struct destination		 d;

	(void)state;
	begin_pushing();
	happens(1, 2);
	p = new_pusher(a);
	assert_true(claims(p));
	assert_int_equal(takes(p, 1), 1);
	p->target.health = (struct destination_health){
		.failures = 7, .probes = 2, .is_open = true,
		.not_before = 1700000000123, .failing_since = 1600000000000,
		.told_failing = true, .success_at = 1500000000000,
		.failure_at = 1700000000001, .failure = "refused",
		.answered_ms = 12345, .answering_since = 1500000000001,
	};
	records(p, NULL, 0, false);
	d = found();
	assert_int_equal(d.failures, 7);
	assert_true(d.is_open);
	assert_string_equal(d.not_before, "2023-11-14T22:13:20.123000Z");
	assert_string_equal(d.failing_since, "2020-09-13T12:26:40.000000Z");
	assert_string_equal(d.failure, "refused");
	ok(in_tenant(b, destination_change(tx_of(b), dest, &resumed)));
	ends(p, 1, PUSH_DELIVERED);
	d = found();
	assert_int_equal(d.failures, 0);
	assert_false(d.is_open);
	assert_null(d.not_before);
	assert_null(d.failing_since);
	assert_string_equal(d.failure, "refused");
	assert_int_equal(d.cursor, 1);
	releases(p);
	assert_true(claims(p));
	assert_int_equal(p->target.health.failures, 0);
	assert_int_equal(p->target.health.answered_ms, 12345);
	assert_int_equal(p->target.health.failure_at, 1700000000001);
	assert_int_equal(p->target.health.answering_since, 1500000000001);
}

static void
a_breaker_keeps_a_destination_from_being_claimed(void **state)
{
	(void)state;
	begin_pushing();
	happens(1);
	p = new_pusher(a);
	assert_true(claims(p));
	p->target.health.not_before = (int64_t)4e12;
	releases(p);
	assert_false(claims(p));
	script("SET ROLE calendlyd_definer;"
	    "UPDATE destinations SET not_before = now()");
	assert_true(claims(p));
}

/* A cursor never goes back, whatever a pusher says. */
static void
a_cursor_goes_forward_only(void **state)
{
	(void)state;
	begin_pushing();
	happens(1, 2, 3);
	p = new_pusher(a);
	assert_true(claims(p));
	p->after = 2;
	records(p, NULL, 0, false);
	p->after = 1;
	records(p, NULL, 0, false);
	assert_int_equal(found().cursor, 2);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(health_is_the_owners_until_a_change),
		promise(a_breaker_keeps_a_destination_from_being_claimed),
		promise(a_cursor_goes_forward_only),
	};

	return run_pushes(tests);
}
