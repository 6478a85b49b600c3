/*
 * tally: what is counted over all tenants, by a role that may see no tenant's
 * rows.
 */
#include "t/repo/helper.h"

#include "app/repo/tally.h"
#include "t/repo/two_tenants.h"

static struct db	*runtime;

/* Returns the number counted for this state, or -1 if there is no such row. */
static int64_t
tally_of(struct db *db, enum tally tally, const char *state)
{
	struct tally_row	*rows;
	int			 i, n;

	ok(tally_list(db, mem, tally, &rows, &n));
	for (i = 0; i < n; i++)
		if (state == NULL ? rows[i].state == NULL :
		    rows[i].state != NULL && strcmp(rows[i].state, state) == 0)
			return rows[i].n;
	return -1;
}

static int64_t
tally_now(enum tally tally, const char *state)
{
	return tally_of(runtime, tally, state);
}

static void
nothing_is_counted_where_there_is_nothing(void **state)
{
	(void)state;
	assert_int_equal(tally_now(TALLY_QUEUE, "parked"), 0);
	assert_int_equal(tally_now(TALLY_QUEUE, "due"), -1);
	assert_int_equal(tally_now(TALLY_OLDEST, NULL), -1);
	assert_int_equal(tally_now(TALLY_FEED, NULL), 0);
	assert_int_equal(tally_now(TALLY_UNNUMBERED, NULL), 0);
	assert_int_equal(tally_now(TALLY_LEDGER, "missing"), -1);
	assert_int_equal(tally_now(TALLY_CONNECTIONS, "connected"), -1);
}

static void
all_tenants_are_counted(void **state)
{
	(void)state;
	script(two_tenants);
	assert_int_equal(tally_now(TALLY_QUEUE, "due"), 2);
	assert_in_range(tally_now(TALLY_OLDEST, NULL), 0, 60);
	assert_int_equal(tally_now(TALLY_FEED, NULL), 2);
	assert_int_equal(tally_now(TALLY_UNNUMBERED, NULL), 2);
	assert_int_equal(tally_now(TALLY_LEDGER, "accepted"), 2);
	assert_int_equal(tally_now(TALLY_LEDGER, "applied"), 2);
	assert_int_equal(tally_now(TALLY_LEDGER, "missing"), 0);
	assert_int_equal(tally_now(TALLY_CONNECTIONS, "connected"), 2);
	assert_int_equal(tally_now(TALLY_SUBSCRIPTIONS, "creating"), 2);
	assert_int_equal(tally_now(TALLY_JOBS, "waiting"), 2);
}

static void
a_queue_is_told_apart_by_what_it_waits_for(void **state)
{
	(void)state;
	script("UPDATE deliveries_in"
	    "   SET received_at = now() - interval '10 minutes';"
	    "UPDATE delivery_queue q"
	    "   SET next_run_at = now() + interval '1 hour'"
	    "  FROM tenants t"
	    " WHERE t.id = q.tenant_id AND t.name = 'boris';"
	    "UPDATE jobs j"
	    "   SET deadline = now() + interval '1 hour'"
	    "  FROM tenants t"
	    " WHERE t.id = j.tenant_id AND t.name = 'boris'");
	assert_int_equal(tally_now(TALLY_QUEUE, "due"), 1);
	assert_int_equal(tally_now(TALLY_QUEUE, "later"), 1);
	assert_in_range(tally_now(TALLY_OLDEST, NULL), 600, 700);
	assert_int_equal(tally_now(TALLY_JOBS, "running"), 1);
	script("UPDATE delivery_queue SET tries = 12, parked_at = now();"
	    "UPDATE jobs SET parked_at = now()");
	assert_int_equal(tally_now(TALLY_QUEUE, "parked"), 2);
	assert_int_equal(tally_now(TALLY_QUEUE, "later"), -1);
	assert_int_equal(tally_now(TALLY_OLDEST, NULL), -1);
	assert_int_equal(tally_now(TALLY_JOBS, "parked"), 2);
}

/*
 * The ledger sums up old minutes in one row ("-infinity").  What is missing
 * there cannot be found any more, and an alarm about it would hide one of
 * today.
 */
static void
what_can_no_longer_be_found_is_not_missing(void **state)
{
	(void)state;
	script("UPDATE ledger SET accepted = 2, missing = 1");
	assert_int_equal(tally_now(TALLY_LEDGER, "missing"), 2);
	script("UPDATE ledger l SET minute = '-infinity'"
	    "  FROM tenants t"
	    " WHERE t.id = l.tenant_id AND t.name = 'boris'");
	assert_int_equal(tally_now(TALLY_LEDGER, "missing"), 1);
	assert_int_equal(tally_now(TALLY_LEDGER, "accepted"), 4);
	script("UPDATE ledger SET minute = '-infinity'");
	assert_int_equal(tally_now(TALLY_LEDGER, "missing"), 0);
}

/*
 * The connections are added as the owner, in a transaction that is rolled back.
 */
static void
many_connections_are_estimated_well_enough(void **state)
{
	struct db	*db = open_owner();
	int64_t		 connected, broken;

	(void)state;
	(void)db_set_limit(db, 60 * 1000);
	ok(db_begin(db));
	ok(db_script(db, "INSERT INTO connections (tenant_id, user_id, status)"
	    " SELECT (SELECT min(id) FROM tenants), 'many-' || n,"
	    "       CASE WHEN n % 10 = 0 THEN 'needs_reauth'"
	    "	     ELSE 'connected' END"
	    "  FROM generate_series(1, 150000) n;"
	    "ANALYZE connections", "many connections"));
	connected = tally_of(db, TALLY_CONNECTIONS, "connected");
	broken = tally_of(db, TALLY_CONNECTIONS, "needs_reauth");
	db_rollback(db);
	db_free(db);
	assert_in_range(connected, 125000, 145000);
	assert_in_range(broken, 13500, 16500);
}

static int
setup(void **state)
{
	if (group_setup(state) != 0)
		return -1;
	runtime = open_runtime();
	return 0;
}

static int
teardown(void **state)
{
	db_free(runtime);
	return group_teardown(state);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(nothing_is_counted_where_there_is_nothing),
		promise(all_tenants_are_counted),
		promise(a_queue_is_told_apart_by_what_it_waits_for),
		promise(what_can_no_longer_be_found_is_not_missing),
		promise(many_connections_are_estimated_well_enough),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
