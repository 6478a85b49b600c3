/*
 * push_erase: of a user who is erased nothing remains of what was pushed,
 * whatever pushers do meanwhile.
 */
#include "t/repo/pushes.h"

enum { LEFT_OVER, LOOKS };

static const struct db_stmt	erasing[LOOKS] = {
	[LEFT_OVER] = { .name = "left_over", .sql =
	    "SELECT (SELECT count(*) FROM pushes p"
	    "	WHERE NOT EXISTS (SELECT FROM events e"
	    "		WHERE e.id = p.event_id))"
	    "	+ (SELECT count(*) FROM push_attempts a"
	    "	WHERE NOT EXISTS (SELECT FROM pushes p"
	    "		WHERE p.id = a.push_id))" },
};

static struct db	*eyes;

static int64_t
left_over(void)
{
	struct db_rows	 rows;

	ok(db_run(eyes, mem, DB_QUERY0(LEFT_OVER), &rows));
	return db_cell_int(&rows, 0, 0);
}

static void
erases(struct db *db)
{
	ok(connection_erase(tx_of(db), connection));
}

static void
what_was_pushed_of_a_user_goes_with_the_user(void **state)
{
	struct pusher	*p = new_pusher(a);
	const char	*gone;

	(void)state;
	begin_pushing();
	gone = connection;
	happens(1, 2, 2, 3);
	connection = new_connection(a, &user);
	happens(4, 4);
	assert_true(claims(p));
	assert_int_equal(takes(p, 9), 4);
	ends(p, 1, PUSH_DELIVERED);
	ends(p, 2, PUSH_WAITING);
	ends(p, 4, PUSH_DEAD);
	ends(p, 5, PUSH_WAITING);
	rows_are("1d 2w 3h 4d 5w 6h");
	connection = gone;
	tenant_begins(b);
	erases(b);
	ok(db_commit(b));
	rows_are("5w 6h");
	assert_int_equal(left_over(), 0);
	assert_int_equal(takes(p, 9), 1);
	assert_string_equal(in_flight(p), "5");
}

/* The user is erased while a pusher has an event of the user's in flight. */
static void
what_was_in_flight_leaves_nothing(void **state)
{
	struct pusher	*p = new_pusher(a);

	(void)state;
	begin_pushing();
	happens(1, 2, 3, 3);
	assert_true(claims(p));
	assert_int_equal(takes(p, 9), 3);
	ends(p, 1, PUSH_WAITING);
	assert_int_equal(takes(p, 9), 1);
	tenant_begins(b);
	erases(b);
	ok(db_commit(b));
	rows_are("");
	ends(p, 1, PUSH_WAITING);
	ends(p, 2, PUSH_WAITING);
	ends(p, 3, PUSH_DELIVERED);
	rows_are("");
	assert_int_equal(left_over(), 0);
	assert_int_equal(takes(p, 9), 0);
	releases(p);
	assert_false(claims(p));
}

/*
 * Between BEGIN and COMMIT of the erasure the event is still seen.  Until the
 * erasure has locked the destination, a result is recorded, and then deleted;
 * after that, it is left for later.
 */
static void
what_is_recorded_during_the_erasure_goes_too(void **state)
{
	struct pusher		*p = new_pusher(a);
	struct push_result	 r;
	struct push_progress	 now;
	const char *const	*left;

	(void)state;
	begin_pushing();
	happens(1, 2, 2);
	assert_true(claims(p));
	assert_int_equal(takes(p, 9), 2);
	tenant_begins(b);
	ok(db_script(b, "DELETE FROM events", "events"));
	ends(p, 1, PUSH_WAITING);
	rows_are("1w 3h");
	erases(b);
	r = result_of(p, &p->flight[0], PUSH_WAITING, 1);
	now = progress_of(p, false);
	ok(push_record(a, mem, p->owner, &r, 1, &now, 1, &left));
	assert_string_equal(left[0], dest);
	assert_int_equal(takes(p, 9), 0);
	ok(db_commit(b));
	ok(push_record(a, mem, p->owner, &r, 1, &now, 1, &left));
	assert_null(left[0]);
	rows_are("");
	assert_int_equal(left_over(), 0);
}

enum { ROUNDS = 40 };

static int
pushes_on(void)
{
	struct db		*db = open_runtime();
	struct pusher		*p = new_pusher(db);
	struct push_result	 r;
	struct push_progress	 now;
	const char *const	*left;
	int			 i;

	for (i = 0; i < ROUNDS * 4; i++) {
		if (p->target.id == NULL && !claims(p))
			continue;
		(void)takes(p, 3);
		while (p->n > 0) {
			r = result_of(p, &p->flight[--p->n],
			    i % 2 == 0 ? PUSH_WAITING : PUSH_DELIVERED, i + 1);
			now = progress_of(p, false);
			ok(push_record(db, mem, p->owner, &r, 1, &now, 1,
			    &left));
		}
		if (p->news.lost)
			p->target.id = NULL;
	}
	db_free(db);
	return 0;
}

/* Returns how often it failed. */
static int
erases_on(void)
{
	struct db	*db = open_runtime();
	int		 i, failed = 0;

	for (i = 0; i < ROUNDS; i++) {
		connection = new_connection(db, &user);
		tenant_begins(db);
		ok(append(db, crypto_uuid(mem), crypto_uuid(mem)));
		ok(db_commit(db));
		tenant_begins(db);
		hush();
		if (db_end(db, connection_erase(tx_of(db), connection)) !=
		    CAL_OK)
			failed++;
		unhush();
	}
	db_free(db);
	return failed;
}

static int
one_of_both(int number)
{
	return number == 0 ? erases_on() : pushes_on();
}

static void
erasing_and_pushing_at_once_leave_nothing(void **state)
{
	(void)state;
	begin_pushing();
	assert_int_equal(at_once(2, one_of_both), 0);
	assert_int_equal(left_over(), 0);
	rows_are("");
}

static int
setup(void **state)
{
	if (pushes_setup(state) != 0)
		return -1;
	eyes = open_as(owner_url(), erasing, LOOKS);
	return 0;
}

static int
teardown(void **state)
{
	db_free(eyes);
	return pushes_teardown(state);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(what_was_pushed_of_a_user_goes_with_the_user),
		promise(what_was_in_flight_leaves_nothing),
		promise(what_is_recorded_during_the_erasure_goes_too),
		promise(erasing_and_pushing_at_once_leave_nothing),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
