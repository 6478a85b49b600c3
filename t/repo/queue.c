/*
 * queue: rows that nobody may take cost nothing: those that are due later, that
 * wait for a person, and that are dead but not yet vacuumed.  The tests count
 * pages, because these are the same on a slow machine.
 */
#include "t/repo/helper.h"

#include "t/repo/pages.h"
#include "t/repo/two_tenants.h"

enum { TAKE, TAKE_SINCE, OLDEST, CLAIM, AUDIT, STMTS };

enum {
	WARM = 2,		/* runs after which caches are filled */
	MORE = 60,		/* pages that a run may read in addition */
	AUDIT_MORE = 3000,	/* the same for the audit, which looks at a
				 * thousand rows */
};

#define COST	"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF,"	\
		"  SUMMARY OFF) SELECT count(*) FROM "

static const struct db_stmt	stmts[STMTS] = {
	[TAKE] = { .name = "take",
	    .sql = COST "delivery_take(16, 4194304, '-infinity')" },
	[TAKE_SINCE] = { .name = "take_since",
	    .sql = COST "delivery_take(16, 4194304,"
	    "  now() - interval '10 minutes')" },
	[OLDEST] = { .name = "oldest", .sql = COST "tally_oldest()" },
	[CLAIM] = { .name = "claim",
	    .sql = COST "job_take(gen_random_uuid(), 300, false, false, 0)" },
	[AUDIT] = { .name = "audit", .sql = COST "ledger_audit(30)" },
};

/*
 * Puts rows into the queue before all others; "%s" stands for their tries,
 * next_run_at and parked_at.
 */
#define IN_FRONT							\
	"INSERT INTO delivery_queue (delivery_id, tenant_id, event_id,"	\
	"       tries, next_run_at, parked_at)"				\
	"  SELECT n, (SELECT min(id) FROM tenants), gen_random_uuid(), %s" \
	"  FROM generate_series(1, 20000) n"

static const char	clear[] =
    "DELETE FROM delivery_queue; DELETE FROM jobs;"
    "DELETE FROM deliveries_in WHERE connection_id NOT IN"
    "	(SELECT id FROM connections)";

/*
 * Thirty-two deliveries of one connection that may be taken, and as many jobs.
 */
static const char	takeable[] =
    "WITH fresh AS ("
    "	INSERT INTO deliveries_in (event_id, tenant_id, connection_id,"
    "	       endpoint_id, signed_with, body)"
    "	SELECT gen_random_uuid(), c.tenant_id, c.id, 1, 0, '{}'"
    "	  FROM generate_series(1, 32),"
    "	       (SELECT * FROM connections ORDER BY tenant_id LIMIT 1) c"
    "	RETURNING id, tenant_id, event_id)"
    " INSERT INTO delivery_queue (delivery_id, tenant_id, event_id)"
    " SELECT id, tenant_id, event_id FROM fresh;"
    "INSERT INTO jobs (tenant_id, kind, subject)"
    " SELECT (SELECT min(id) FROM tenants), 'x', 'wanted-' || n"
    "  FROM generate_series(1, 32) n";

static int64_t	base[STMTS];	/* pages read, with nothing in front */

/*
 * Returns how many pages a statement reads on a new connection, where it is
 * planned anew as by a process that has just begun.
 */
static int64_t
cost(int stmt)
{
	struct db	*db = open_as(runtime_url(), stmts, STMTS);
	int64_t		 pages = 0;
	int		 i;

	for (i = 0; i <= WARM; i++)
		pages = pages_read(db, stmt);
	db_free(db);
	return pages;
}

static void
assert_as_before(int stmt, int64_t more)
{
	const int64_t	 now = cost(stmt);
	if (now > base[stmt] + more)
		fail_msg("%s: %lld pages instead of %lld", stmts[stmt].name,
		    (long long)now, (long long)base[stmt]);
}

static void
alone(const char *sql)
{
	struct db	*db = open_owner();

	ok(db_script(db, sql, "script"));
	db_free(db);
}

static void
in_front(const char *what)
{
	script(clear);
	alone("VACUUM delivery_queue");
	script(arena_printf(mem, IN_FRONT, what));
	script(takeable);
}

static void
assert_free_in_front(const char *what)
{
	in_front(what);
	assert_as_before(TAKE, MORE);
	assert_as_before(OLDEST, MORE);
	alone("VACUUM ANALYZE delivery_queue");
	assert_as_before(TAKE, MORE);
	assert_as_before(OLDEST, MORE);
}

static void
what_is_due_later_costs_nothing(void **state)
{
	(void)state;
	assert_free_in_front("3, now() + interval '1 hour', NULL");
}

static void
what_waits_for_a_person_costs_nothing(void **state)
{
	(void)state;
	assert_free_in_front("12, now() - interval '1 hour', now()");
}

/* The planner's statistics are from a moment at which no row could be taken. */
static void
a_backlog_that_the_planner_has_not_seen_is_not_read_whole(void **state)
{
	(void)state;
	in_front("3, now() + interval '1 hour', NULL");
	script("DELETE FROM delivery_queue WHERE delivery_id >= 1000000");
	alone("VACUUM ANALYZE delivery_queue");
	script("UPDATE delivery_queue"
	    "   SET next_run_at = now() - interval '1 minute',"
	    "       event_id = (SELECT min(event_id::text)::uuid"
	    "			  FROM deliveries_in)");
	assert_as_before(TAKE, MORE);
}

/*
 * Rows that were taken are dead, and while somebody holds a snapshot they
 * cannot even be vacuumed.
 */
static void
what_was_taken_costs_nothing(void **state)
{
	struct db	*reader = open_owner();

	(void)state;
	in_front("0, now() - interval '1 hour', NULL");
	ok(db_begin(reader));
	ok(db_script(reader, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;"
	    " SELECT FROM delivery_queue LIMIT 1", "snapshot"));
	script("DELETE FROM delivery_queue WHERE delivery_id < 1000000");
	assert_as_before(TAKE_SINCE, MORE);
	db_rollback(reader);
	db_free(reader);
}

/*
 * A take looks at no more than 256 rows that somebody holds (16 batches of 16);
 * a look at each row in the queue would cost a page or more.
 */
static void
what_somebody_holds_costs_only_the_looks_at_it(void **state)
{
	struct db	*holder = open_owner();
	struct db	*runner = open_as(runtime_url(), stmts, STMTS);
	int64_t		 pages;

	(void)state;
	script(clear);
	alone("VACUUM ANALYZE delivery_queue");
	(void)pages_read(runner, TAKE);
	script(takeable);
	script(arena_printf(mem, IN_FRONT, "0, now(), NULL"));
	script("UPDATE delivery_queue"
	    "   SET event_id = (SELECT event_id FROM deliveries_in"
	    "                    WHERE connection_id IN"
	    "                    (SELECT id FROM connections) LIMIT 1)");
	ok(db_begin(holder));
	ok(db_script(holder, "SELECT FROM connections FOR UPDATE", "hold"));
	pages = pages_read(runner, TAKE);
	if (pages > 20000)
		fail_msg("%lld pages", (long long)pages);
	db_rollback(holder);
	db_free(holder);
	db_free(runner);
}

static void
jobs_that_nobody_may_claim_cost_nothing(void **state)
{
	static const char	*const when[] = {
		"now() + interval '1 hour', NULL",
		"now() - interval '1 hour', now()",
	};
	size_t			 i;

	(void)state;
	for (i = 0; i < sizeof(when) / sizeof(when[0]); i++) {
		script(clear);
		script(arena_printf(mem, "INSERT INTO jobs (tenant_id, kind,"
		    "       subject, next_run_at, parked_at)"
		    "  SELECT (SELECT min(id) FROM tenants), 'y', n, %s"
		    "  FROM generate_series(1, 20000) n", when[i]));
		script(takeable);
		assert_as_before(CLAIM, MORE);
		alone("VACUUM ANALYZE jobs");
		assert_as_before(CLAIM, MORE);
	}
}

/*
 * The rows are of one minute, an hour ago, which the ledger has counted
 * already.
 */
static void
the_books_do_not_count_all_that_is_parked_again(void **state)
{
	(void)state;
	script(clear);
	alone("VACUUM delivery_queue");
	script("WITH old AS ("
	    "	INSERT INTO deliveries_in (event_id, tenant_id, connection_id,"
	    "	       endpoint_id, signed_with, body, received_at)"
	    "	SELECT gen_random_uuid(), c.tenant_id, c.id, 1, 0, '{}',"
	    "	       date_trunc('minute', now() - interval '1 hour')"
	    "	  FROM generate_series(1, 20000),"
	    "	       (SELECT * FROM connections ORDER BY tenant_id LIMIT 1) c"
	    "	RETURNING id, tenant_id, event_id)"
	    " INSERT INTO delivery_queue (delivery_id, tenant_id, event_id,"
	    "       tries, parked_at)"
	    " SELECT id, tenant_id, event_id, 12, now() FROM old;"
	    "INSERT INTO ledger (tenant_id, minute, accepted, applied,"
	    "       superseded, flagged, pending, missing)"
	    " SELECT min(id), date_trunc('minute', now() - interval '1 hour'),"
	    "       20000, 0, 0, 0, 20000, 0"
	    "  FROM tenants");
	assert_as_before(AUDIT, AUDIT_MORE);
	script("DELETE FROM ledger; DELETE FROM delivery_queue");
}

/*
 * The queue and the jobs are analyzed while they are empty, as on the day of
 * the installation.
 */
static int
setup(void **state)
{
	int	 i;

	if (group_setup(state) != 0)
		return -1;
	script(two_tenants);
	script("DELETE FROM ledger; UPDATE ledger_head SET closed_to = now();"
	    "ALTER TABLE deliveries_in ALTER id RESTART WITH 1000000");
	script(clear);
	alone("VACUUM ANALYZE delivery_queue");
	alone("VACUUM ANALYZE jobs");
	script(takeable);
	for (i = 0; i < STMTS; i++)
		base[i] = cost(i);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(what_is_due_later_costs_nothing),
		promise(what_waits_for_a_person_costs_nothing),
		promise(
		    a_backlog_that_the_planner_has_not_seen_is_not_read_whole),
		promise(what_was_taken_costs_nothing),
		promise(what_somebody_holds_costs_only_the_looks_at_it),
		promise(jobs_that_nobody_may_claim_cost_nothing),
		promise(the_books_do_not_count_all_that_is_parked_again),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, group_teardown);
}
