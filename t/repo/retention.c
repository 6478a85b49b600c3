/*
 * retention: meetings that were over long ago are removed bit by bit, with all
 * that belongs to them and nothing else, whatever times Calendly gave them.
 */
#include "t/repo/grants.h"

#include "app/repo/job.h"

enum { DAYS = 100, MOST = 10 };

enum { ADD, CROWD, LISTED, REST, READS__MAX };

static const struct db_stmt	reads[READS__MAX] = {
	/* $1: a name; $2 to $4: how long ago it began, ended, was seen. */
	[ADD] = {
		.name = "add", .nparam = 6,
		.sql =
		    "INSERT INTO meetings (id, tenant_id, connection_id,"
		    "       user_id, start_at, end_at, seen_at, content,"
		    "       content_version)"
		    " SELECT md5($1)::uuid, $5::bigint, $6::uuid, 'u',"
		    "	coalesce(now() - $2::interval, 'infinity'),"
		    "	coalesce(now() - $3::interval, 'infinity'),"
		    "	now() - $4::interval, '{}', '1'",
	},
	[CROWD] = {
		.name = "crowd", .nparam = 2,
		.sql =
		    "INSERT INTO invitees (id, meeting_id, tenant_id, content,"
		    "       content_version)"
		    " SELECT gen_random_uuid(), m.id, m.tenant_id, '{}', '1'"
		    "  FROM meetings m, generate_series(1, $2::int) n"
		    " WHERE m.id = md5($1)::uuid",
	},
	[LISTED] = {
		.name = "listed", .nparam = 2,
		.sql =
		    "WITH sync AS ("
		    "	INSERT INTO syncs (connection_id, tenant_id)"
		    "	SELECT connection_id, tenant_id FROM meetings"
		    "	 WHERE id = md5($1)::uuid"
		    "	ON CONFLICT DO NOTHING"
		    "), note AS ("
		    "	INSERT INTO meeting_reads (meeting_id, tenant_id,"
		    "	       connection_id, account_id, hash, read_at)"
		    "	SELECT id, tenant_id, connection_id, 1, '\\x00', now()"
		    "	  FROM meetings WHERE id = md5($1)::uuid"
		    ")"
		    " INSERT INTO sync_events (connection_id, meeting_id,"
		    "       tenant_id, uri, start_at, event, asked_at)"
		    " SELECT connection_id, id, tenant_id, 'u', start_at,"
		    "	$2::json, now()"
		    "  FROM meetings WHERE id = md5($1)::uuid",
	},
	[REST] = {
		.name = "rest", .nparam = 1,
		.sql =
		    "SELECT (SELECT count(*) FROM meetings"
		    "		WHERE id = md5($1)::uuid),"
		    "	(SELECT count(*) FROM invitees"
		    "		WHERE meeting_id = md5($1)::uuid),"
		    "	(SELECT count(*) FROM meeting_reads"
		    "		WHERE meeting_id = md5($1)::uuid),"
		    "	(SELECT count(*) FROM sync_events"
		    "		WHERE meeting_id = md5($1)::uuid)",
	},
};

static struct db	*owner;
static const char	*connection;

/* NULL: Calendly gave no such time. */
static void
add(const char *name, const char *start, const char *end, const char *seen)
{
	ok(db_run(owner, mem, DB_QUERY(ADD, db_text(name), db_text(start),
	    db_text(end), db_text(seen), db_text(tenant),
	    db_text(connection)), NULL));
}

static void
crowd(const char *name, int n)
{
	ok(db_run(owner, mem, DB_QUERY(CROWD, db_text(name), db_int(mem, n)),
	    NULL));
}

/* What is left of it: meeting, invitees, reads, what a walk has to read. */
static void
left(const char *name, int meeting, int invitees, int read, int listed)
{
	const int	 want[] = { meeting, invitees, read, listed };
	struct db_rows	 rows;
	int		 i;

	ok(db_run(owner, mem, DB_QUERY(REST, db_text(name)), &rows));
	for (i = 0; i < 4; i++)
		if (db_cell_int(&rows, 0, i) != want[i])
			fail_msg("%s: column %d: %lld and not %d", name, i,
			    (long long)db_cell_int(&rows, 0, i), want[i]);
}

/* One sweep; returns whether more is left. */
static bool
swept(int days)
{
	const struct sweep_days	 keep = { 9999, 9999, 9999, days,
	    9999 };
	bool			 more;

	ok(sweep(a, mem, MOST, &keep, &more));
	return more;
}

static void
only_what_was_over_that_long_ago_goes(void **state)
{
	(void)state;
	add("over", "101 days", "100 days 61 minutes", "1 day");
	add("nearly", "101 days", "100 days 55 minutes", "101 days");
	add("coming", "-1 day", "-1 day", "200 days");
	crowd("over", 2);
	crowd("nearly", 2);
	assert_false(swept(0));
	left("over", 1, 2, 0, 0);
	assert_false(swept(DAYS));
	left("over", 0, 0, 0, 0);
	left("nearly", 1, 2, 0, 0);
	left("coming", 1, 0, 0, 0);
}

static void
whatever_times_calendly_gave_it(void **state)
{
	(void)state;
	add("no end", "102 days", NULL, "1 day");
	add("no start", NULL, "102 days", "1 day");
	add("neither, old", NULL, NULL, "102 days");
	add("neither, seen", NULL, NULL, "99 days");
	add("never seen", NULL, NULL, NULL);
	add("ends before it starts", "-1 day", "900 days", "200 days");
	(void)swept(DAYS);
	left("no end", 0, 0, 0, 0);
	left("no start", 0, 0, 0, 0);
	left("neither, old", 0, 0, 0, 0);
	left("neither, seen", 1, 0, 0, 0);
	left("never seen", 1, 0, 0, 0);
	left("ends before it starts", 1, 0, 0, 0);
}

static void
what_walks_noted_of_it_goes_too(void **state)
{
	(void)state;
	add("missing", "102 days", "102 days", NULL);
	add("listed", "102 days", "102 days", NULL);
	ok(db_run(owner, mem, DB_QUERY(LISTED, db_text("missing"),
	    db_text(NULL)), NULL));
	ok(db_run(owner, mem, DB_QUERY(LISTED, db_text("listed"),
	    db_text("{}")), NULL));
	left("missing", 1, 0, 1, 1);
	(void)swept(DAYS);
	left("missing", 0, 0, 0, 0);
	/* The walk counts what it has listed, so it reads and drops it. */
	left("listed", 0, 0, 0, 1);
}

static void
a_crowd_goes_bit_by_bit_and_its_meeting_last(void **state)
{
	(void)state;
	add("crowd", "104 days", "104 days", NULL);
	add("later", "103 days", "103 days", NULL);
	crowd("crowd", 2 * MOST + 5);
	crowd("later", 1);
	assert_true(swept(DAYS));
	left("crowd", 1, MOST + 5, 0, 0);
	assert_true(swept(DAYS));
	left("crowd", 1, 5, 0, 0);
	(void)swept(DAYS);
	left("crowd", 0, 0, 0, 0);
	left("later", 0, 0, 0, 0);
}

static void
the_oldest_go_first(void **state)
{
	int	 i;

	(void)state;
	for (i = 0; i < MOST + 3; i++)
		add(arena_printf(mem, "many%d", i), NULL, arena_printf(mem,
		    "%d days", 200 + i), NULL);
	assert_true(swept(DAYS));
	left("many2", 1, 0, 0, 0);
	left("many3", 0, 0, 0, 0);
	assert_false(swept(DAYS));
	left("many0", 0, 0, 0, 0);
}

/*
 * Whoever holds the connection, such as a runner that applies a webhook, goes
 * on; a meeting that somebody holds waits for the next sweep.
 */
static void
nobody_waits_for_it_nor_it_for_anybody(void **state)
{
	const char	*other = new_connection(a, NULL), *mine = connection;
	struct db	*holder = open_owner();

	(void)state;
	add("free", "102 days", "102 days", NULL);
	connection = other;
	add("held", "103 days", "103 days", NULL);
	connection = mine;
	crowd("held", 1);
	ok(db_begin(holder));
	ok(db_script(holder, "SELECT FROM connections FOR UPDATE;"
	    "SELECT FROM meetings WHERE id = md5('held')::uuid FOR UPDATE",
	    "holder"));
	assert_false(swept(DAYS));
	left("free", 0, 0, 0, 0);
	left("held", 1, 1, 0, 0);
	ok(db_commit(holder));
	assert_false(swept(DAYS));
	left("held", 0, 0, 0, 0);
	db_free(holder);
}

static int
setup(void **state)
{
	if (grants_setup(state) != 0)
		return -1;
	connection = new_connection(a, NULL);
	owner = open_as(owner_url(), reads, READS__MAX);
	return 0;
}

static int
teardown(void **state)
{
	db_free(owner);
	return grants_teardown(state);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(only_what_was_over_that_long_ago_goes),
		promise(whatever_times_calendly_gave_it),
		promise(what_walks_noted_of_it_goes_too),
		promise(a_crowd_goes_bit_by_bit_and_its_meeting_last),
		promise(the_oldest_go_first),
		promise(nobody_waits_for_it_nor_it_for_anybody),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
