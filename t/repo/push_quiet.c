/*
 * push_quiet: a pusher whose plans were made while there was next to nothing to
 * read, and then there is much: what waits at other destinations, or what its
 * own has got before.  It reads none of that.
 */
#include "t/repo/pushes.h"

#include <stdlib.h>

#include "lib/clock.h"

enum {
	CALLS = 10,		/* after five PostgreSQL keeps a plan */
	READS_MOST = 5000,
	FLUSH_MS = 1500,
};

static void
ends_all(struct pusher *p, int first, int n)
{
	for (; n-- > 0; first++)
		ends(p, first, PUSH_DELIVERED);
}

/* 20,000 pushes wait or are held at another destination of the tenant. */
static void
much_waits_elsewhere(void)
{
	const char	*other = new_destination(all_types, NULL, false);

	script(arena_printf(mem,
	    "SET ROLE calendlyd_definer;"
	    "UPDATE destinations SET state = 'paused' WHERE id = '%s';"
	    "INSERT INTO pushes (tenant_id, id, destination_id, event_id,"
	    " user_id, seq, lane, status, attempts, next_at)"
	    " SELECT %s, gen_random_uuid(), '%s', gen_random_uuid(), 'u',"
	    " 1000000 + i, md5((i / 4)::text)::uuid,"
	    " CASE WHEN i %% 4 = 0 THEN 'waiting' ELSE 'held' END, 1,"
	    " CASE WHEN i %% 4 = 0 THEN now() + interval '1 hour' END"
	    " FROM generate_series(0, 19999) i", other, tenant, other));
}

/* A session tells what it has read when it does something else later. */
static int64_t
reads(struct pusher *p)
{
	clock_pause(FLUSH_MS);
	assert_int_equal(takes(p, 0), 0);
	return strtoll(look(PUSH_READS, NULL), NULL, 10);
}

/* The destination got 20,000 events, long before those that it gets now. */
static void
much_was_delivered(void)
{
	script(arena_printf(mem,
	    "SET ROLE calendlyd_definer;"
	    "INSERT INTO pushes (tenant_id, id, destination_id, event_id,"
	    " user_id, seq, lane, status, attempts)"
	    " SELECT %s, gen_random_uuid(), '%s', gen_random_uuid(), 'u',"
	    " -i, gen_random_uuid(), 'delivered', 1"
	    " FROM generate_series(1, 20000) i", tenant, dest));
}

/* For the planner an empty table is not the same as one never looked at. */
static void
nothing_was_ever_pushed(void)
{
	struct db	*owner = open_owner();

	ok(db_script(owner, "TRUNCATE pushes, push_attempts", "empty"));
	ok(db_script(owner, "VACUUM ANALYZE pushes", "count"));
	db_free(owner);
}

static void
then_is_not_read(void (*much)(void))
{
	struct pusher	*p = new_pusher(a);
	int64_t		 before;
	int		 i;

	nothing_was_ever_pushed();
	begin_pushing();
	happens(1);
	assert_true(claims(p));
	for (i = 1; i <= CALLS; i++) {
		assert_int_equal(takes(p, 9), 1);
		ends_all(p, i, 1);
		happens(i + 1);
	}
	much();
	before = reads(p);
	happens(21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36,
	    37, 38, 39, 40);
	assert_int_equal(takes(p, 21), 21);
	ends_all(p, CALLS + 1, 21);
	assert_in_range(reads(p) - before, 0, READS_MOST);
}

static void
what_waits_elsewhere_is_not_read(void **state)
{
	(void)state;
	then_is_not_read(much_waits_elsewhere);
}

static void
what_was_delivered_is_not_read(void **state)
{
	(void)state;
	then_is_not_read(much_was_delivered);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(what_waits_elsewhere_is_not_read),
		promise(what_was_delivered_is_not_read),
	};

	return run_pushes(tests);
}
