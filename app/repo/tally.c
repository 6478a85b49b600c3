/*
 * tally: see tally.h.
 */
#include "app/repo/stmt.h"
#include "app/repo/tally.h"
#include "lib/arena.h"
#include "lib/db.h"

static const enum stmt stmts[] = {
	[TALLY_QUEUE] = STMT_TALLY_QUEUE,
	[TALLY_OLDEST] = STMT_TALLY_OLDEST,
	[TALLY_FEED] = STMT_TALLY_FEED,
	[TALLY_UNNUMBERED] = STMT_TALLY_UNNUMBERED,
	[TALLY_LEDGER] = STMT_TALLY_LEDGER,
	[TALLY_CONNECTIONS] = STMT_TALLY_CONNECTIONS,
	[TALLY_SUBSCRIPTIONS] = STMT_TALLY_SUBSCRIPTIONS,
	[TALLY_JOBS] = STMT_TALLY_JOBS,
	[TALLY_SLOW] = STMT_TALLY_SLOW,
};

enum cal_err
tally_list(struct db *db, struct arena *mem, enum tally tally,
    struct tally_row **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;
	int		 i;

	rc = db_run(db, mem, DB_QUERY0((int)stmts[tally]), &rows);
	if (rc != CAL_OK)
		return rc;
	*out = arena_array(mem, (size_t)rows.n, sizeof(**out));
	for (i = 0; i < rows.n; i++) {
		(*out)[i].state = db_cell(&rows, i, 0);
		(*out)[i].n = db_cell_int(&rows, i, 1);
	}
	*n = rows.n;
	return CAL_OK;
}
