/*
 * push_many: many events, and many destinations; says how long it takes.
 */
#include "t/repo/pushes.h"

#include "lib/clock.h"

enum {
	BACKLOG = 10000,
	MEETINGS = 3000,
	DESTINATIONS = 100,
	EACH = 10,
	TENANTS = 1000,
};

static int64_t	began;

static void
starts(void)
{
	began = clock_us();
}

static void
took(const char *what, int n)
{
	(void)printf("# %s: %.1f us each\n", what,
	    (double)(clock_us() - began) / n);
}

/* One that was paused gets all, in order per meeting, each once. */
static void
a_backlog_arrives_in_order_and_once(void **state)
{
	static int64_t			 last[MEETINGS];
	const struct destination_change	 paused = {
		.state = DESTINATION_PAUSED
	}, resumed = { .state = DESTINATION_ACTIVE };
	struct pusher			*p = new_pusher(a);
	struct push_result		 r[EACH];
	int				 i, n, lanes[1000], total = 0, turns;

	(void)state;
	begin_pushing();
	ok(in_tenant(a, destination_change(tx_of(a), dest, &paused)));
	for (n = 0; n < BACKLOG; n += 1000) {
		for (i = 0; i < 1000; i++)
			lanes[i] = (n + i) * 7 % MEETINGS;
		happens_as("test", "{}", 1000, lanes);
	}
	ok(in_tenant(a, destination_change(tx_of(a), dest, &resumed)));
	assert_true(claims(p));
	starts();
	for (turns = 0; total < BACKLOG && turns < BACKLOG; turns++) {
		(void)takes(p, EACH);
		for (i = 0; i < p->n; i++) {
			n = (int)strtol(p->flight[i].lane + 24, NULL, 10);
			assert_true(last[n] < p->flight[i].event.seq);
			last[n] = p->flight[i].event.seq;
			r[i] = result_of(p, &p->flight[i], PUSH_DELIVERED,
			    ++total);
		}
		n = p->n;
		p->n = 0;
		records(p, r, n, false);
	}
	took("a backlog of 10,000 for one destination, ten at a time", total);
	assert_int_equal(total, BACKLOG);
	assert_false(p->news.more);
	assert_int_equal(takes(p, EACH), 0);
	releases(p);
	assert_false(claims(p));
}

/* An event for each of 100 destinations of a tenant, ten times. */
static void
many_destinations_share_what_is_taken(void **state)
{
	struct push_target	*t;
	struct push_room	 room[DESTINATIONS];
	struct push_taken	*taken;
	struct push_result	*r = arena_array(mem, 1000, sizeof(*r));
	struct push_progress	 now[DESTINATIONS];
	const char *const	*left;
	struct pusher		*p = new_pusher(a);
	int			 i, n, k, got[2] = { 0, 0 }, round;

	(void)state;
	begin_pushing();
	for (i = 1; i < DESTINATIONS; i++)
		(void)new_destination(all_types, NULL, false);
	happens(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
	starts();
	ok(push_claim(a, mem, p->owner, CLAIM_S, 1000, &t, &n));
	took("claiming 100 destinations", DESTINATIONS);
	assert_int_equal(n, DESTINATIONS);
	for (i = 0; i < n; i++)
		room[i] = (struct push_room){ t[i].id, t[i].version,
			t[i].cursor, EACH, false };
	starts();
	for (round = 0; round < 2; round++) {
		ok(push_take(a, mem, p->owner, CLAIM_S, room, DESTINATIONS,
		    NULL, 0, &taken, &n, &p->now));
		assert_int_equal(n, 500);
		for (i = 0; i < n; i++) {
			assert_non_null(taken[i].event.id);
			p->target.tenant_id = tenant;
			r[got[0]++] = result_of(p, &taken[i], PUSH_DELIVERED,
			    1);
		}
		for (i = 0; i < n; i++)
			for (k = 0; k < DESTINATIONS; k++)
				if (strcmp(room[k].destination_id,
				    taken[i].destination_id) == 0) {
					assert_int_equal(taken[i].after,
					    5 * (round + 1));
					room[k].after = taken[i].after;
				}
		got[1] += n;
	}
	for (i = 0; i < DESTINATIONS; i++)
		now[i] = (struct push_progress){ .destination_id = t[i].id,
			.version = 1, .cursor = 10, .release = true };
	took("taking 1,000 events for 100 destinations", 1000);
	starts();
	ok(push_record(a, mem, p->owner, r, 1000, now, DESTINATIONS, &left));
	assert_null(left[0]);
	took("recording 1,000 events of 100 destinations", 1000);
	ok(push_claim(a, mem, p->owner, CLAIM_S, 1000, &t, &n));
	assert_int_equal(n, 0);
}

/* Nothing is to be done for any of 1,000 tenants. */
static void
idle_destinations_cost_little(void **state)
{
	struct pusher		*p = new_pusher(a);
	struct push_target	*t;
	int			 i, n;

	(void)state;
	begin_pushing();
	script(arena_printf(mem,
	    "INSERT INTO tenants (name) SELECT 'idle-' || n"
	    "  FROM generate_series(1, %d) n;"
	    "INSERT INTO destinations (id, tenant_id, url, types,"
	    "       secret_sealed, cursor)"
	    "  SELECT gen_random_uuid(), id, 'https://example.com/',"
	    "       '{meeting.changed}', sha256('x'), 0"
	    "  FROM tenants WHERE name LIKE 'idle-%%'", TENANTS));
	for (i = 0; i < 200; i++) {
		if (i == 100)
			starts();
		ok(push_claim(a, mem, p->owner, CLAIM_S, 1000, &t, &n));
		assert_int_equal(n, 0);
	}
	took("looking at 1,000 idle destinations", 100);
}

static void
ten_events_for_one_destination(void **state)
{
	struct pusher		*p = new_pusher(a);
	struct push_result	 r[EACH];
	int			 i, turn;

	(void)state;
	begin_pushing();
	for (turn = 0; turn < 200; turn++) {
		happens(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
		if (turn == 0)
			assert_true(claims(p));
		if (turn == 100)
			starts();
		assert_int_equal(takes(p, EACH), EACH);
		for (i = 0; i < EACH; i++)
			r[i] = result_of(p, &p->flight[i], PUSH_DELIVERED,
			    turn + 1);
		p->n = 0;
		records(p, r, EACH, false);
	}
	took("ten events for one destination, with their being made", 1000);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(a_backlog_arrives_in_order_and_once),
		promise(many_destinations_share_what_is_taken),
		promise(idle_destinations_cost_little),
		promise(ten_events_for_one_destination),
	};

	return run_pushes(tests);
}
