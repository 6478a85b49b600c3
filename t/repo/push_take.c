/*
 * push_take: what a pusher gets of a destination's events, and in which order.
 */
#include "t/repo/pushes.h"

static void
events_are_taken_in_order_and_once(void **state)
{
	struct pusher	*p = new_pusher(a);

	(void)state;
	begin_pushing();
	assert_false(claims(p));
	happens(1, 2, 3, 4);
	assert_true(claims(p));
	assert_false(claims(new_pusher(b)));
	assert_int_equal(takes(p, 3), 3);
	assert_string_equal(in_flight(p), "1 2 3");
	assert_true(p->news.more);
	assert_int_equal(p->after, 3);
	assert_int_equal(takes(p, 0), 0);
	assert_true(p->news.more);
	assert_int_equal(takes(p, 7), 1);
	assert_false(p->news.more);
	assert_int_equal(takes(p, 6), 0);
	ends(p, 1, PUSH_DELIVERED);
	ends(p, 3, PUSH_DELIVERED);
	ends(p, 2, PUSH_DELIVERED);
	ends(p, 4, PUSH_DELIVERED);
	rows_are("1d 2d 3d 4d");
	releases(p);
	assert_false(claims(p));
	happens(1);
	assert_true(claims(p));
	assert_int_equal(p->target.cursor, 4);
}

static void
an_event_comes_as_the_feed_has_it(void **state)
{
	struct pusher	*p = new_pusher(a);
	struct event	*list, *ev;

	(void)state;
	begin_pushing();
	happens_as("some.type", "{\"a\": [\"\\u0000 \\\"\", 1e400 ]}", 1,
	    (int[]){ 5 });
	assert_true(claims(p));
	assert_string_equal(p->target.url, "https://example.com/hook");
	assert_string_equal(p->target.tenant_id, tenant);
	assert_null(p->target.headers_sealed.p);
	assert_null(p->target.former_sealed.p);
	assert_int_equal(p->target.secret_sealed.n, 11);
	assert_int_equal(takes(p, 1), 1);
	assert_int_equal(read_after(b, 0, &list), 1);
	ev = &p->flight[0].event;
	assert_string_equal(ev->id, list[0].id);
	assert_string_equal(ev->type, "some.type");
	assert_int_equal(ev->source, SOURCE_SYSTEM);
	assert_string_equal(ev->user_id, user);
	assert_string_equal(ev->occurred_at, list[0].occurred_at);
	assert_string_equal(ev->received_at, list[0].received_at);
	assert_string_equal(ev->meeting_id, lane(5));
	assert_string_equal(ev->body, list[0].body);
	assert_string_equal(p->flight[0].lane, lane(5));
	assert_null(p->flight[0].push_id);
	assert_int_equal(p->flight[0].first_answered_ms, -1);
	assert_true(p->now > 1700000000000);
}

static void
one_lane_has_one_in_flight(void **state)
{
	struct pusher	*p = new_pusher(a);

	(void)state;
	begin_pushing();
	happens(1, 2, 1, 1, 3);
	assert_true(claims(p));
	assert_int_equal(takes(p, 9), 3);
	assert_string_equal(in_flight(p), "1 2 5");
	rows_are("3h 4h");
	happens(2, 4);
	assert_int_equal(takes(p, 9), 1);
	assert_string_equal(in_flight(p), "1 2 5 7");
	rows_are("3h 4h 6h");
	ends(p, 1, PUSH_DELIVERED);
	rows_are("1d 3w 4h 6h");
	assert_int_equal(takes(p, 9), 1);
	assert_string_equal(in_flight(p), "2 3 5 7");
	assert_non_null(p->flight[p->n - 1].push_id);
	ends(p, 3, PUSH_DEAD);
	rows_are("1d 3d 4w 6h");
	assert_int_equal(takes(p, 9), 1);
	ends(p, 4, PUSH_WAITING);
	happens(1);
	assert_int_equal(takes(p, 9), 1);
	assert_string_equal(in_flight(p), "2 4 5 7");
	rows_are("1d 3d 4w 6h 8h");
}

static void
what_a_filter_leaves_out_is_passed_over(void **state)
{
	static const char *const	types[] = { "wanted", "too", NULL };
	struct pusher			*p = new_pusher(a);
	int				 i, none[1000] = { 0 };

	(void)state;
	begin_pushing();
	ok(in_tenant(a, destination_remove(tx_of(a), dest)));
	dest = new_destination(types, user, false);
	for (i = 0; i < 5; i++)
		happens_as("other", "{}", 1000, none);
	happens_as("wanted", "{}", 1, (int[]){ 1 });
	connection = new_connection(a, &user);
	happens_as("wanted", "{}", 1, (int[]){ 2 });
	assert_true(claims(p));
	for (i = 2000; i <= 4000; i += 2000) {
		assert_int_equal(takes(p, 5), 0);
		assert_int_equal(p->after, i);
		assert_true(p->news.more);
	}
	assert_int_equal(takes(p, 5), 1);
	assert_string_equal(in_flight(p), "5001");
	assert_int_equal(p->after, 5002);
	assert_false(p->news.more);
	ends(p, 5001, PUSH_DELIVERED);
	rows_are("5001d");
	releases(p);
	assert_false(claims(p));
}

/* Events of the tenant itself have no user, no connection and no meeting. */
static void
an_event_of_nobody_is_taken_too(void **state)
{
	const struct event_new	 ev = {
		.type = "destination.failing",
		.source = SOURCE_SYSTEM,
		.body = "{}",
	};
	struct pusher		*p = new_pusher(a);
	struct event		*list;

	(void)state;
	begin_pushing();
	ok(in_tenant(a, event_append(tx_of(a), &ev, 1)));
	ok(in_tenant(a, event_add(tx_of(a), &ev)));
	assert_int_equal(extend(a), 1);
	assert_int_equal(read_after(a, 0, &list), 2);
	assert_null(list[0].user_id);
	assert_true(claims(p));
	assert_int_equal(takes(p, 5), 1);
	assert_null(p->flight[0].event.user_id);
	assert_null(p->flight[0].event.meeting_id);
	rows_are("2h");
	ends(p, 1, PUSH_DELIVERED);
	rows_are("1d 2w");
}

static void
what_is_numbered_but_not_committed_is_not_taken(void **state)
{
	struct pusher	*p = new_pusher(b);

	(void)state;
	begin_pushing();
	happens(1);
	assert_true(claims(p));
	tenant_begins(a);
	ok(append(a, crypto_uuid(mem), crypto_uuid(mem)));
	assert_int_equal(takes(p, 9), 1);
	assert_int_equal(p->after, 1);
	assert_false(p->news.more);
	ok(db_commit(a));
	assert_int_equal(takes(p, 9), 1);	/* both are of one lane */
	assert_string_equal(in_flight(p), "1 2");
	rows_are("3h");
}

static void
one_that_waits_is_taken_when_it_is_due(void **state)
{
	struct pusher		*p = new_pusher(a);
	struct push_result	 r;

	(void)state;
	begin_pushing();
	happens(1, 2);
	assert_true(claims(p));
	assert_int_equal(takes(p, 2), 2);
	r = result_of(p, &p->flight[0], PUSH_WAITING, p->now);
	r.next_at = p->now + 60000;
	p->flight[0] = p->flight[--p->n];
	records(p, &r, 1, false);
	ends(p, 2, PUSH_WAITING);
	assert_string_equal(look(PUSH_LOOK, dest), "1 500 77 1");
	assert_int_equal(takes(p, 2), 1);
	assert_string_equal(in_flight(p), "2");
	assert_int_equal(p->flight[0].attempts, 1);
	assert_int_equal(p->flight[0].first_answered_ms, 77);
	ends(p, 2, PUSH_DELIVERED);
	releases(p);
	assert_false(claims(p));
	script("SET ROLE calendlyd_definer;"
	    "UPDATE pushes SET next_at = now() WHERE status = 'waiting';"
	    "UPDATE destinations SET wake_at = now()");
	assert_true(claims(p));
	assert_int_equal(takes(p, 2), 1);
	assert_string_equal(in_flight(p), "1");
}

static void
a_probe_begins_with_what_was_never_tried(void **state)
{
	struct pusher	*p = new_pusher(a);

	(void)state;
	begin_pushing();
	happens(1, 2, 2);
	assert_true(claims(p));
	assert_int_equal(takes(p, 5), 2);
	ends(p, 1, PUSH_WAITING);
	ends(p, 2, PUSH_DEAD);
	rows_are("1w 2d 3w");
	assert_int_equal(takes_as(p, 1, true), 1);
	assert_string_equal(in_flight(p), "3");
	ends(p, 3, PUSH_WAITING);
	happens(4);
	assert_int_equal(takes_as(p, 1, true), 1);
	assert_string_equal(in_flight(p), "4");
	ends(p, 4, PUSH_WAITING);
	assert_int_equal(takes_as(p, 2, true), 2);
	assert_true(p->news.more);
}

enum { BIG = 5 * 1024 * 1024 };

static void
one_call_takes_a_bounded_number_of_bytes(void **state)
{
	char		*body = arena_alloc(mem, BIG + 1);
	struct pusher	*p = new_pusher(a);

	(void)state;
	begin_pushing();
	memset(body, 'x', BIG);
	body[0] = body[BIG - 1] = '"';
	happens_as("test", body, 1, (int[]){ 1 });
	happens_as("test", body, 1, (int[]){ 2 });
	happens_as("test", body, 1, (int[]){ 3 });
	assert_true(claims(p));
	assert_int_equal(takes(p, 9), 2);
	assert_true(p->news.more);
	assert_int_equal(p->after, 2);
	assert_int_equal(takes(p, 9), 1);
	assert_false(p->news.more);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(events_are_taken_in_order_and_once),
		promise(an_event_comes_as_the_feed_has_it),
		promise(one_lane_has_one_in_flight),
		promise(what_a_filter_leaves_out_is_passed_over),
		promise(an_event_of_nobody_is_taken_too),
		promise(what_is_numbered_but_not_committed_is_not_taken),
		promise(one_that_waits_is_taken_when_it_is_due),
		promise(a_probe_begins_with_what_was_never_tried),
		promise(one_call_takes_a_bounded_number_of_bytes),
	};

	return run_pushes(tests);
}
