/*
 * feed: events get their numbers in order, under a lock on the head of the
 * feed, and each event gets one number.
 */
#include "t/repo/feed.h"

#include "lib/clock.h"

static void
an_event_that_commits_late_comes_after(void **state)
{
	const char	*early = crypto_uuid(mem), *late = crypto_uuid(mem);
	struct event	*list;
	int64_t		 seq;

	(void)state;
	tenant_begins(a);
	ok(add(a, late));			/* added first, but not
						 * committed */
	ok(in_tenant(b, add(b, early)));
	assert_int_equal(extend(b), 1);
	assert_int_equal(read_after(b, 0, &list), 1);
	assert_string_equal(list[0].id, early);
	seq = list[0].seq;
	assert_int_equal(seq, 1);
	ok(db_commit(a));
	assert_int_equal(extend(b), 1);
	assert_int_equal(read_after(b, seq, &list), 1);
	assert_string_equal(list[0].id, late);
	assert_int_equal(list[0].seq, seq + 1);
}

static void
numbers_are_given_by_one_at_a_time(void **state)
{
	const char	*id = crypto_uuid(mem);
	struct event	*list;
	int64_t		 moved;

	(void)state;
	ok(in_tenant(a, add(a, id)));
	ok(db_begin(a));
	ok(feed_extend(a, mem, 1000, &moved));
	assert_int_equal(moved, 1);
	assert_int_equal(extend(b), 0);		/* b does not wait for a */
	assert_int_equal(read_after(b, 2, &list), 0);
	db_rollback(a);
	assert_int_equal(extend(b), 1);
	assert_int_equal(read_after(b, 2, &list), 1);
	assert_string_equal(list[0].id, id);
}

static void
an_event_added_twice_is_in_the_feed_once(void **state)
{
	const char	*id = crypto_uuid(mem);
	struct event	*list;

	(void)state;
	ok(in_tenant(a, add(a, id)));
	assert_int_equal(extend(a), 1);
	ok(in_tenant(a, add(a, id)));
	assert_int_equal(extend(a), 0);
	assert_int_equal(read_after(a, 3, &list), 1);
}

static void
what_waits_comes_before_what_is_appended(void **state)
{
	const char	*id[3];
	struct event	*list;
	int		 i;

	(void)state;
	for (i = 0; i < 3; i++)
		id[i] = crypto_uuid(mem);
	ok(in_tenant(a, add(a, id[0])));
	ok(in_tenant(b, append(b, id[2], id[1])));
	assert_int_equal(read_after(a, 4, &list), 3);
	assert_string_equal(list[0].id, id[0]);
	assert_string_equal(list[1].id, id[2]);
	assert_string_equal(list[2].id, id[1]);
	assert_int_equal(extend(a), 0);
}

static void
what_is_there_is_not_appended_again(void **state)
{
	const char	*id = crypto_uuid(mem);
	struct event	*list;

	(void)state;
	ok(in_tenant(a, append(a, id, id)));
	ok(in_tenant(a, append(a, id, id)));
	assert_int_equal(read_after(a, 7, &list), 1);
	ok(in_tenant(a, append(a, id, NULL)));
	assert_int_equal(read_after(a, 7, &list), 2);
	assert_string_not_equal(list[1].id, id);
}

static void
an_appended_event_comes_back_as_it_went(void **state)
{
	const char		*time = "2026-11-22T20:15:00.123456Z";
	const struct event_new	 in = {
		.connection_id = connection,
		.user_id = user,
		.type = "meeting.changed",
		.source = SOURCE_WEBHOOK,
		.occurred_at = "2026-11-22T21:15:00.123456+01:00",
		.received_at = time,
		.meeting_id = crypto_uuid(mem),
		.outcome = OUTCOME_APPLIED,
		.body = "{\"a\": [\"\\u0000 \\\"{}\\\\\", 1e400 ]}",
	};
	struct event		*list, ev;
	int			 n;

	(void)state;
	ok(in_tenant(a, event_append(tx_of(a), &in, 1)));
	ok(in_tenant(a, event_append(tx_of(a), NULL, 0)));
	n = read_after(a, 7, &list);
	ev = list[n - 1];
	assert_string_equal(ev.type, in.type);
	assert_int_equal(ev.source, in.source);
	assert_string_equal(ev.user_id, user);
	assert_string_equal(ev.occurred_at, time);
	assert_string_equal(ev.received_at, time);
	assert_string_equal(ev.meeting_id, in.meeting_id);
	assert_string_equal(ev.body, in.body);
}

static void
many_wait(int n)
{
	script(arena_printf(mem, "SET ROLE calendlyd_definer;"
	    "WITH e AS (INSERT INTO events (tenant_id, id, connection_id,"
	    " user_id, type, source, occurred_at, received_at, data)"
	    " SELECT %s, gen_random_uuid(), '%s', 'u', 'test', 'system',"
	    "  now(), now(), '{}' FROM generate_series(1, %d) RETURNING id)"
	    " INSERT INTO event_queue (tenant_id, event_id)"
	    " SELECT %s, id FROM e; RESET ROLE", tenant, connection, n,
	    tenant));
}

/*
 * More events wait than one statement can number in its time, so those that are
 * appended have to wait behind them.
 */
static void
behind_many_that_wait_one_waits_too(void **state)
{
	enum { MANY = 5001 };
	const char	*one = crypto_uuid(mem), *other = crypto_uuid(mem);
	struct event	*list;
	int64_t		 head, at;

	(void)state;
	ok(feed_head(a, mem, tenant, &head));
	many_wait(MANY);
	ok(in_tenant(a, append(a, one, other)));
	ok(feed_head(a, mem, tenant, &at));
	assert_in_range(at, head + 1, head + MANY - 1);
	assert_int_equal(extend(a), head + MANY + 2 - at);
	assert_int_equal(read_after(a, head + MANY, &list), 2);
	assert_string_equal(list[0].id, one);
	assert_string_equal(list[1].id, other);
	ok(in_tenant(a, append(a, one, other)));
	assert_int_equal(extend(a), 0);
}

/*
 * A session that has numbered few events at a time keeps the plans that were
 * good for few.  They once compared each event with each, so that a batch took
 * 9 s, and no runner got any further.
 */
static void
a_flood_after_quiet_days_is_numbered_in_time(void **state)
{
	enum { MANY = 20000, BATCH = 500, QUIET_DAYS = 12 };
	struct db	*db = open_runtime();
	int64_t		 moved, total = 0, begun;
	int		 i;

	(void)state;
	script("ANALYZE events; ANALYZE event_queue");
	for (i = 0; i < QUIET_DAYS; i++) {
		ok(in_tenant(db, add(db, crypto_uuid(mem))));
		ok(feed_extend(db, mem, BATCH, &moved));
	}
	many_wait(MANY);
	begun = clock_ms();
	do {
		ok(feed_extend(db, mem, BATCH, &moved));
		total += moved;
	} while (moved > 0);
	assert_int_equal(total, MANY);
	assert_in_range(clock_ms() - begun, 0, 60 * 1000);
	db_free(db);
}

/*
 * A trigger makes numbering so slow that one statement has not enough time for
 * all tenants' events; each call numbers some of them.
 */
static void
what_waits_for_many_tenants_is_numbered_bit_by_bit(void **state)
{
	enum { MANY = 12 };
	int64_t	 moved, total = 0;

	(void)state;
	script(arena_printf(mem,
	    "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS"
	    " 'BEGIN PERFORM pg_sleep(0.7); RETURN NEW; END';"
	    "CREATE TRIGGER slow BEFORE UPDATE ON events"
	    " FOR EACH ROW EXECUTE FUNCTION slow();"
	    "GRANT EXECUTE ON FUNCTION slow() TO PUBLIC;"
	    "INSERT INTO tenants (name) SELECT 'many-' || n"
	    "  FROM generate_series(1, %d) n;"
	    "SET ROLE calendlyd_definer;"
	    "WITH e AS (INSERT INTO events (tenant_id, id, connection_id,"
	    " user_id, type, source, occurred_at, received_at, data)"
	    " SELECT id, gen_random_uuid(), gen_random_uuid(), 'u', 'test',"
	    "  'system', now(), now(), '{}'"
	    "  FROM tenants WHERE name LIKE 'many-%%' RETURNING id, tenant_id)"
	    " INSERT INTO event_queue (tenant_id, event_id)"
	    " SELECT tenant_id, id FROM e; RESET ROLE", MANY));
	while ((moved = extend(a)) > 0)
		total += moved;
	script("DROP TRIGGER slow ON events; DROP FUNCTION slow()");
	assert_int_equal(total, MANY);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(an_event_that_commits_late_comes_after),
		promise(numbers_are_given_by_one_at_a_time),
		promise(an_event_added_twice_is_in_the_feed_once),
		promise(what_waits_comes_before_what_is_appended),
		promise(what_is_there_is_not_appended_again),
		promise(an_appended_event_comes_back_as_it_went),
		promise(behind_many_that_wait_one_waits_too),
		promise(a_flood_after_quiet_days_is_numbered_in_time),
		promise(what_waits_for_many_tenants_is_numbered_bit_by_bit),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, feed_setup, grants_teardown);
}
