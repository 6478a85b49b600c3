/*
 * tally: see tally.h.
 */
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/stmt.h"
#include "app/repo/tally.h"
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
	[TALLY_DESTINATIONS] = STMT_TALLY_DESTINATIONS,
	[TALLY_PUSHES] = STMT_TALLY_PUSHES,
};

static const struct row_column	tally_columns[] = {
	COLUMN(struct tally_row, state),
	COLUMN(struct tally_row, n),
};
const struct row	tally_row = ROW(struct tally_row, tally_columns);

enum cal_err
tally_list(struct db *db, struct arena *mem, enum tally tally,
    struct tally_row **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_run(db, mem, DB_QUERY0((int)stmts[tally]), &rows);
	if (rc == CAL_OK)
		rc = row_list(mem, &rows, &tally_row, out, n);
	return rc;
}
