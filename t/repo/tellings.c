/*
 * tellings: another body about a known event (a telling of it) is stored beside
 * the first one, and an invitee's id that comes with two scheduled events makes
 * two events.
 */
#include "t/repo/deliveries.h"
#include "t/repo/waiting.h"

static const char	world[] =
    "INSERT INTO tenants (name) VALUES ('anna');"
    "INSERT INTO connections (id, tenant_id, user_id, status)"
    " SELECT md5(name)::uuid, id, 'u', 'connected' FROM tenants;"
    "INSERT INTO endpoints (tenant_id, connection_id, hash)"
    " SELECT id, md5(name)::uuid, sha256(name::bytea) FROM tenants";

/* Returns "d" with this body, about this scheduled event. */
static struct delivery_new
with(struct delivery_new d, const char *about, const char *body)
{
	d.about = about;
	d.body = (struct bytes){ body, strlen(body) };
	return d;
}

/*
 * Starts a process that stores a delivery, and exits with 0 if its fate is this
 * one; returns the pid.
 */
static pid_t
store_elsewhere(const struct delivery_new *d, const char *fate)
{
	const pid_t	 pid = fork();

	if (pid != 0)
		return pid;
	db = open_runtime();
	_exit(strcmp(stored(d, 1), fate) == 0 ? 0 : 1);
}

/*
 * The second process waits until the first has committed, and then sees what
 * that one stored.
 */
static void
one_who_stores_at_the_same_moment_is_seen(void **state)
{
	static const struct {
		const char	*one, *two, *fate;
	} at_once[] = {
		{ "first", "second", "t" },	/* an event, then a telling */
		{ "third", "third", "k" },	/* the same telling twice */
	};
	struct delivery_new	 d = about("anna", "rush");
	pid_t			 pid;
	size_t			 i;
	int			 status;

	(void)state;
	for (i = 0; i < sizeof(at_once) / sizeof(at_once[0]); i++) {
		ok(db_begin(db));
		d = with(d, "e", at_once[i].one);
		assert_int_not_equal(stored(&d, 1)[0], 'k');
		d = with(d, "e", at_once[i].two);
		pid = store_elsewhere(&d, at_once[i].fate);
		wait_until_somebody_waits();
		ok(db_commit(db));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
}

/* Returns a number as the owner counts it, who sees the rows of all tenants. */
static int64_t
counted(const char *sql)
{
	const struct db_stmt	 stmt = { .name = "counted", .sql = sql };
	struct db		*all = open_as(owner_url(), &stmt, 1);
	struct db_rows		 rows;
	int64_t			 n;

	ok(db_one(all, mem, DB_QUERY0(0), &rows));
	n = db_cell_int(&rows, 0, 0);
	db_free(all);
	return n;
}

static void
another_body_of_a_known_event_is_kept_beside_it(void **state)
{
	const struct delivery_new	 d = about("anna", "told");
	const struct delivery_new	 all[] = {
		with(d, "e", "one"), with(d, "e", "two"), with(d, "e", "one"),
		with(d, "e", "two"), with(d, "e", "three"),
	};
	struct delivery			 is;

	(void)state;
	assert_string_equal(stored(all, 4), "stkk");
	assert_string_equal(stored(all, 5), "kkkkt");
	assert_string_equal(stored(all, 5), "kkkkk");
	ok(db_begin(db));
	is = newest();
	assert_memory_equal(is.body.p, "three", 5);
	assert_non_null(is.telling_of);
	assert_string_not_equal(is.telling_of, is.event_id);
	db_rollback(db);
}

static void
no_more_bodies_of_an_event_are_kept_than_so_many(void **state)
{
	struct delivery_new	 d = about("anna", "much told");
	const char		*fates = "sttttttttff";
	int			 i;

	(void)state;
	for (i = 0; fates[i] != '\0'; i++) {
		d = with(d, "e", arena_printf(mem, "body %d", i));
		assert_int_equal(stored(&d, 1)[0], fates[i]);
	}
	d = with(d, "e", "body 3");
	assert_string_equal(stored(&d, 1), "k");
}

static void
one_invitees_id_in_two_scheduled_events_is_two(void **state)
{
	const struct delivery_new	 d = about("anna", "shared");
	const struct delivery_new	 all[] = {
		with(d, "e", "of e"), with(d, "f", "of f"),
		with(d, "g", "of g"), with(d, "f", "of f, too"),
		with(d, NULL, "of whom?"),
	};

	(void)state;
	assert_string_equal(stored(all, 3), "sss");
	assert_string_equal(stored(all, 5), "kkktt");
	assert_string_equal(stored(all, 5), "kkkkk");
}

static void
what_is_known_and_the_same_writes_nothing(void **state)
{
	const struct delivery_new	 d = about("anna", "quiet");
	static const char		 rows[] =
	    "SELECT max(id) FROM (SELECT max(id) AS id FROM deliveries_in"
	    " UNION SELECT max(delivery_id) FROM delivery_queue) x";
	int64_t				 before;

	(void)state;
	assert_string_equal(stored(&d, 1), "s");
	before = counted(rows);
	assert_string_equal(stored(&d, 1), "k");
	assert_int_equal(counted(rows), before);
}

static int
setup(void **state)
{
	if (group_setup(state) != 0)
		return -1;
	script(world);
	db = open_runtime();
	return 0;
}

static int
teardown(void **state)
{
	db_free(db);
	return group_teardown(state);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(another_body_of_a_known_event_is_kept_beside_it),
		promise(one_who_stores_at_the_same_moment_is_seen),
		promise(no_more_bodies_of_an_event_are_kept_than_so_many),
		promise(one_invitees_id_in_two_scheduled_events_is_two),
		promise(what_is_known_and_the_same_writes_nothing),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
