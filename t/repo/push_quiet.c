/*
 * push_quiet: a pusher whose plans were made while next to nothing waited, and
 * then much does, at other destinations.  It reads its own pushes only.
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

static void
what_waits_elsewhere_is_not_read(void **state)
{
	struct pusher	*p = new_pusher(a);
	int64_t		 before;
	int		 i;

	(void)state;
	begin_pushing();
	happens(1);
	assert_true(claims(p));
	for (i = 1; i <= CALLS; i++) {
		assert_int_equal(takes(p, 9), 1);
		ends_all(p, i, 1);
		happens(i + 1);
	}
	much_waits_elsewhere();
	before = reads(p);
	happens(21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36,
	    37, 38, 39, 40);
	assert_int_equal(takes(p, 21), 21);
	ends_all(p, CALLS + 1, 21);
	assert_in_range(reads(p) - before, 0, READS_MOST);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(what_waits_elsewhere_is_not_read),
	};

	return run_pushes(tests);
}
