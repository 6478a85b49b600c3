/*
 * previous: what the program before this one says to the database still
 * holds: an upgrade migrates first and restarts hosts one by one.
 *
 * previous.h has its statements word for word, but for those that are still in
 * the table of today.
 */
#include "t/repo/helper.h"

#include "t/repo/previous.h"
#include "t/repo/previous_connect.h"
#include "t/repo/previous_subscriptions.h"
#include "t/repo/previous_tellings.h"

#define COUNT(list)	(sizeof(list) / sizeof((list)[0]))

static void
understood(struct db *db, const struct previous *p, size_t n)
{
	for (; n > 0; n--, p++)
		if (db_script(db, arena_printf(mem, "PREPARE p AS %s;"
		    " EXPLAIN EXECUTE p%s; DEALLOCATE p", p->sql,
		    p->values), p->name) != CAL_OK)
			fail_msg("%s: see above", p->name);
}

/* Planned by the run-time role, with no values: names, types and rights. */
static void
its_statements_are_still_understood(void **state)
{
	struct db	*db = open_runtime();

	(void)state;
	ok(db_begin(db));
	understood(db, previous, COUNT(previous));
	understood(db, previous_connect, COUNT(previous_connect));
	understood(db, previous_subscriptions,
	    COUNT(previous_subscriptions));
	understood(db, previous_tellings, COUNT(previous_tellings));
	db_rollback(db);
	db_free(db);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(its_statements_are_still_understood),
	};

	return run_promises(tests);
}
