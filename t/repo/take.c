/*
 * take: what is taken from the queue when somebody holds the rows in front.
 */
#include "t/repo/helper.h"

#include "app/repo/delivery.h"
#include "t/repo/two_tenants.h"

enum { BYTES = 4096, OTHERS = 31 };

/*
 * The queue has a large delivery of boris's, and behind it small ones of
 * anna's.
 */
static const char	deliveries[] =
    "DELETE FROM delivery_queue;"
    "WITH fresh AS ("
    "	INSERT INTO deliveries_in (event_id, tenant_id, connection_id,"
    "	       endpoint_id, signed_with, body)"
    "	SELECT gen_random_uuid(), c.tenant_id, c.id, 1, 0,"
    "	       convert_to(repeat('x', CASE t.name WHEN 'boris'"
    "			THEN %d ELSE 1 END), 'UTF8')"
    "	  FROM connections c"
    "	  JOIN tenants t ON t.id = c.tenant_id"
    "	  JOIN generate_series(1, %d) n ON t.name = 'anna' OR n = 1"
    "	RETURNING id, tenant_id, event_id, length(body) AS size)"
    " INSERT INTO delivery_queue (delivery_id, tenant_id, event_id,"
    "       next_run_at)"
    " SELECT id, tenant_id, event_id,"
    "       now() - least(size, 60) * interval '1 second'"
    "  FROM fresh";

static const char	hold[] =
    "SELECT FROM connections WHERE tenant_id ="
    "   (SELECT id FROM tenants WHERE name = 'boris') FOR UPDATE";

static int
taken_by(struct db *runner)
{
	struct delivery_place	 beginning = { .since = "" };
	struct delivery		*d;
	int			 n;

	ok(db_begin(runner));
	ok(delivery_take(runner, mem, &beginning, 128, BYTES, &d, &n));
	db_rollback(runner);
	return n;
}

/*
 * The held delivery alone would fill a batch; since it cannot be taken, the
 * batch has room for all of the others.
 */
static void
what_is_held_leaves_its_room_to_others(void **state)
{
	struct db	*holder = open_owner(), *runner = open_runtime();
	int		 held, free;

	(void)state;
	script(arena_printf(mem, deliveries, BYTES, OTHERS));
	ok(db_begin(holder));
	ok(db_script(holder, hold, "hold"));
	held = taken_by(runner);
	db_rollback(holder);
	free = taken_by(runner);
	db_free(runner);
	db_free(holder);
	assert_int_equal(held, OTHERS);
	assert_int_equal(free, 1);
}

/*
 * The connection of boris's delivery was erased, and somebody holds the row
 * that is left.
 */
static void
what_is_left_of_the_erased_keeps_nobody_waiting(void **state)
{
	struct db	*holder = open_owner(), *runner = open_runtime();
	int		 n;

	(void)state;
	script(arena_printf(mem, deliveries, BYTES, OTHERS));
	script("UPDATE deliveries_in SET connection_id = gen_random_uuid()"
	    " WHERE length(body) > 1000");
	ok(db_begin(holder));
	ok(db_script(holder, "SELECT FROM deliveries_in"
	    " WHERE length(body) > 1000 FOR UPDATE", "hold"));
	n = taken_by(runner);
	db_rollback(holder);
	db_free(runner);
	db_free(holder);
	assert_int_equal(n, OTHERS);
}

/*
 * Anna's deliveries stand before all others, and somebody holds their
 * connection.  Boris's is locked too at this moment, as by a runner that
 * applies what came before: nobody has waited for it in vain.
 */
static void
only_the_tenant_that_was_waited_for_is_put_off(void **state)
{
	struct delivery_place	 place = { .since = "" };
	struct db		*holder = open_owner();
	struct db		*runner = open_runtime();
	int64_t			 moved;

	(void)state;
	script(arena_printf(mem, deliveries, BYTES, OTHERS));
	script("UPDATE delivery_queue SET next_run_at = now()"
	    " WHERE tenant_id = (SELECT id FROM tenants"
	    "                     WHERE name = 'boris')");
	ok(db_begin(holder));
	ok(db_script(holder, "SELECT FROM connections FOR UPDATE", "hold"));
	ok(delivery_postpone(runner, mem, &place, 1, 5, &moved));
	db_rollback(holder);
	db_free(runner);
	db_free(holder);
	assert_int_equal(moved, OTHERS);
}

static int
setup(void **state)
{
	if (group_setup(state) != 0)
		return -1;
	script(two_tenants);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(what_is_held_leaves_its_room_to_others),
		promise(what_is_left_of_the_erased_keeps_nobody_waiting),
		promise(only_the_tenant_that_was_waited_for_is_put_off),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, group_teardown);
}
