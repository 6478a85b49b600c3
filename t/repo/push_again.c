/*
 * push_again: events that are replayed or driven again, and what becomes of
 * pushes whose event retention has removed.
 */
#include "t/repo/pushes.h"

#include "app/repo/job.h"

static int64_t	count, next;
static bool	more;

static void
replays(struct replay_query q)
{
	if (q.most == 0)
		q.most = REPLAY_MOST;
	ok(in_tenant(b, push_replay(tx_of(b), dest, &q, &count, &more,
	    &next)));
}

#define replays_of(...)	replays((struct replay_query){ __VA_ARGS__ })

/* What was to be replayed later is due now. */
static void
all_is_due(void)
{
	script("SET ROLE calendlyd_definer;"
	    "UPDATE pushes SET next_at = now() WHERE next_at > now();"
	    "UPDATE destinations SET wake_at = now()");
}

static void
removed_up_to(int64_t seq)
{
	script(arena_printf(mem, "SET ROLE calendlyd_definer;"
	    "DELETE FROM events WHERE tenant_id = %s AND feed_seq <= %lld;"
	    "UPDATE feed_heads SET floor = %lld WHERE tenant_id = %s",
	    tenant, (long long)seq, (long long)seq, tenant));
}

/* Events 1 to 4 were delivered. */
static struct pusher *
begin_delivered(void)
{
	struct pusher	*p = new_pusher(a);
	int		 i;

	begin_pushing();
	happens(1, 2, 3, 1);
	assert_true(claims(p));
	(void)takes(p, 9);
	for (i = 1; i <= 3; i++)
		ends(p, i, PUSH_DELIVERED);
	(void)takes(p, 9);
	ends(p, 4, PUSH_DELIVERED);
	releases(p);
	rows_are("1d 2d 3d 4d");
	return p;
}

static void
a_replay_has_lanes_of_its_own(void **state)
{
	struct pusher	*p;

	(void)state;
	p = begin_delivered();
	replays_of(.after = 0);
	assert_int_equal(count, 4);
	assert_false(more);
	assert_int_equal(next, 4);
	rows_are("1d 2d 3d 4d 1wr 2wr 3wr 4hr");
	happens(1);
	assert_true(claims(p));
	(void)takes(p, 9);
	all_is_due();
	(void)takes(p, 9);
	assert_string_equal(in_flight(p), "1 2 3 5");
	assert_true(p->flight[p->n - 1].replay);
	assert_int_equal(takes(p, 9), 0);
	ends(p, 1, PUSH_WAITING);
	rows_are("1d 2d 3d 4d 1wr 2wr 3wr 4hr");
	assert_int_equal(takes(p, 9), 1);
	ends(p, 1, PUSH_DELIVERED);
	assert_int_equal(takes(p, 9), 1);
	ends(p, 4, PUSH_DEAD);
	ends(p, 3, PUSH_DELIVERED);
	ends(p, 5, PUSH_DELIVERED);
	rows_are("1d 2d 3d 4d 5d 1dr 2wr 3dr 4dr");
}

static void
a_replay_takes_its_time(void **state)
{
	(void)state;
	(void)begin_delivered();
	replays_of(.until = 2);
	replays_of(.after = 2);
	assert_string_equal(look(PUSH_SPREAD, dest), "60");
}

static void
a_replay_may_be_of_some(void **state)
{
	static const char *const	other[] = { "other", NULL };
	struct event			*list;

	(void)state;
	(void)begin_delivered();
	happens_as("other", "{}", 2, (int[]){ 7, 8 });
	replays_of(.dry = true);
	assert_int_equal(count, 6);
	replays_of(.types = other, .dry = true);
	assert_int_equal(count, 2);
	replays_of(.user_id = user, .after = 3, .until = 5, .dry = true);
	assert_int_equal(count, 2);
	replays_of(.user_id = "nobody", .dry = true);
	assert_int_equal(count, 0);
	replays_of(.from = "2020-01-01T00:00:00Z", .dry = true);
	assert_int_equal(count, 6);
	replays_of(.to = "2020-01-01T00:00:00Z", .dry = true);
	assert_int_equal(count, 0);
	replays_of(.most = 4, .dry = true);
	assert_int_equal(count, 4);
	assert_true(more);
	assert_int_equal(next, 4);
	replays_of(.most = 4, .after = next, .dry = true);
	assert_int_equal(count, 2);
	assert_false(more);
	rows_are("1d 2d 3d 4d");
	assert_int_equal(read_after(a, 4, &list), 2);
	replays_of(.event_id = list[0].id);
	assert_int_equal(count, 1);
	assert_false(more);
	replays_of(.event_id = list[0].id, .types = (const char *const[]){
	    "unheard of", NULL });
	assert_int_equal(count, 1);
	rows_are("1d 2d 3d 4d 5wr 5hr");
	replays_of(.event_id = crypto_uuid(mem));
	assert_int_equal(count, 0);
	assert_false(more);
}

static void
one_is_tried_again_at_once(void **state)
{
	struct pusher		*p = new_pusher(a);
	struct push_page	 page;
	const char		*id;

	(void)state;
	begin_pushing();
	happens(1, 1);
	assert_true(claims(p));
	(void)takes(p, 9);
	ends(p, 1, PUSH_WAITING);
	script("SET ROLE calendlyd_definer;"
	    "UPDATE pushes SET next_at = now() + interval '1 hour'"
	    " WHERE seq = 1");
	releases(p);
	assert_false(claims(p));
	ok(in_tenant(b, push_list(tx_of(b), &(struct push_query){ .limit = 1,
	    .status = PUSH_WAITING }, &page)));
	id = page.pushes[0].id;
	ok(in_tenant(b, push_redrive(tx_of(b), NULL, id, 1, &count, &more)));
	assert_int_equal(count, 1);
	assert_true(claims(p));
	assert_int_equal(takes(p, 9), 1);
	assert_int_equal(p->flight[0].attempts, 1);
	ends(p, 1, PUSH_DEAD);
	ok(in_tenant(b, push_redrive(tx_of(b), dest, id, 1, &count, &more)));
	assert_int_equal(count, 1);
	rows_are("1w 2h");
	assert_int_equal(takes(p, 9), 1);
	assert_int_equal(p->flight[0].attempts, 0);
	assert_int_equal(p->flight[0].first_answered_ms, -1);
	ends(p, 1, PUSH_DELIVERED);
	ok(in_tenant(b, push_redrive(tx_of(b), NULL, id, 1, &count, &more)));
	assert_int_equal(count, 0);
	rows_are("1d 2w");
	assert_int_equal(in_tenant(b, push_redrive(tx_of(b),
	    crypto_uuid(mem), id, 1, &count, &more)), CAL_NOTFOUND);
}

static void
what_retention_took_from_the_cursor_is_told(void **state)
{
	struct pusher		*p = new_pusher(a);
	struct destination	 d;
	int64_t			 ended;

	(void)state;
	begin_pushing();
	happens(1, 2, 3, 4);
	removed_up_to(2);
	assert_true(claims(p));
	assert_int_equal(takes(p, 9), 2);
	assert_int_equal(p->news.missed_from, 1);
	assert_int_equal(p->news.missed_to, 2);
	assert_string_equal(in_flight(p), "3 4");
	ok(in_tenant(b, destination_missed(tx_of(b), dest, 1, 2, &ended)));
	assert_int_equal(ended, 0);
	assert_int_equal(in_tenant(b, destination_missed(tx_of(b), dest, 1, 2,
	    &ended)), CAL_NOTFOUND);
	assert_int_equal(takes(p, 0), 0);
	assert_false(p->news.lost);
	assert_int_equal(p->news.missed_to, 0);
	ok(in_tenant(b, destination_find(tx_of(b), dest, &d)));
	assert_int_equal(d.cursor, 2);
	assert_int_equal(d.missed_from, 1);
	assert_int_equal(d.missed_to, 2);
}

static void
what_retention_took_from_what_waits_is_dead(void **state)
{
	struct pusher	*p = new_pusher(a);
	int64_t		 ended;

	(void)state;
	begin_pushing();
	happens(1, 1, 1, 2, 2);
	assert_true(claims(p));
	(void)takes(p, 9);
	ends(p, 1, PUSH_WAITING);
	ends(p, 4, PUSH_WAITING);
	rows_are("1w 2h 3h 4w 5h");
	removed_up_to(2);
	assert_int_equal(takes(p, 9), 1);
	assert_string_equal(in_flight(p), "4");
	assert_int_equal(p->news.missed_from, 1);
	assert_int_equal(p->news.missed_to, 2);
	ok(in_tenant(b, destination_missed(tx_of(b), dest, 1, 2, &ended)));
	assert_int_equal(ended, 2);
	rows_are("1d 2d 3w 4w 5h");
	ok(in_tenant(b, push_redrive(tx_of(b), dest, NULL, 9, &count, &more)));
	assert_int_equal(count, 0);
	assert_int_equal(takes(p, 9), 1);
	assert_string_equal(in_flight(p), "3 4");
}

static void
swept(int most)
{
	struct sweep_days	 days = { .calls = 30, .deliveries = 30,
				    .events = 30, .pushes = 30 };

	ok(sweep(a, mem, most, &days, &more));
}

static void
old_pushes_are_swept(void **state)
{
	struct pusher	*p = new_pusher(a);

	(void)state;
	begin_pushing();
	happens(1, 2, 3, 4, 4);
	assert_true(claims(p));
	(void)takes(p, 9);
	ends(p, 1, PUSH_DELIVERED);
	ends(p, 2, PUSH_DEAD);
	ends(p, 3, PUSH_DELIVERED);
	ends(p, 4, PUSH_WAITING);
	swept(500);
	rows_are("1d 2d 3d 4w 5h");
	script("SET ROLE calendlyd_definer;"
	    "UPDATE pushes SET tried_at = now() - interval '31 days',"
	    " id = overlay(id::text PLACING '00000000-0000' FROM 1)::uuid"
	    " WHERE id NOT IN (SELECT push_id FROM push_attempts);"
	    "UPDATE destinations SET cursor = 1");
	swept(500);
	rows_are("2d 3d 4w 5h");
	script("SET ROLE calendlyd_definer;"
	    "UPDATE destinations SET cursor = 5");
	swept(500);
	rows_are("2d 4w 5h");
}

static void
a_removed_destination_is_swept_bit_by_bit(void **state)
{
	(void)state;
	(void)begin_delivered();
	ok(in_tenant(b, destination_remove(tx_of(b), dest)));
	swept(3);
	assert_true(more);
	assert_int_equal(strlen(look(PUSH_ROWS, dest)), 2);
	swept(3);
	assert_false(more);
	rows_are("");
	assert_string_equal(look(PUSH_DESTINATIONS, NULL), "0");
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(a_replay_has_lanes_of_its_own),
		promise(a_replay_takes_its_time),
		promise(a_replay_may_be_of_some),
		promise(one_is_tried_again_at_once),
		promise(what_retention_took_from_the_cursor_is_told),
		promise(what_retention_took_from_what_waits_is_dead),
		promise(old_pushes_are_swept),
		promise(a_removed_destination_is_swept_bit_by_bit),
	};

	return run_pushes(tests);
}
