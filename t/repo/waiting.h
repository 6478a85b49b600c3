/*
 * waiting: waits until somebody in this database waits for a lock.
 */
#ifndef T_REPO_WAITING_H
#define T_REPO_WAITING_H

#include "t/repo/helper.h"

#include "lib/clock.h"

static const struct db_stmt	waiting = {
	.name = "waiting",
	.sql =
	    "SELECT count(*)"
	    "  FROM pg_stat_activity"
	    " WHERE datname = current_database()"
	    "   AND wait_event_type = 'Lock'",
};

static inline void
wait_until_somebody_waits(void)
{
	struct db	*watch = open_as(runtime_url(), &waiting, 1);
	struct db_rows	 rows;
	const int64_t	 deadline = clock_ms() + 30000;

	do {
		assert_true(clock_ms() < deadline);
		ok(db_one(watch, mem, DB_QUERY0(0), &rows));
	} while (db_cell_int(&rows, 0, 0) == 0);
	db_free(watch);
}

#endif
