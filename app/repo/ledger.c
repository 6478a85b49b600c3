/*
 * ledger: see ledger.h.
 */
#include "app/repo/ledger.h"
#include "app/repo/stmt.h"
#include "lib/arena.h"
#include "lib/db.h"

enum cal_err
ledger_audit(struct db *db, struct arena *mem, int days, int64_t *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_LEDGER_AUDIT, db_int(mem, days)), &rows);
	if (rc == CAL_OK)
		*n = db_cell_int(&rows, 0, 0);
	return rc;
}

enum cal_err
ledger_tell(struct db *db, struct arena *mem, struct ledger_alarm **out,
    int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;
	int		 i;

	if ((rc = db_run(db, mem, STMT0(STMT_LEDGER_TELL), &rows)) != CAL_OK)
		return rc;
	*out = arena_array(mem, (size_t)rows.n, sizeof(**out));
	for (i = 0; i < rows.n; i++)
		(*out)[i] = (struct ledger_alarm){
			.tenant = db_cell(&rows, i, 0),
			.minute = db_cell(&rows, i, 1),
			.missing = db_cell_int(&rows, i, 2),
		};
	*n = rows.n;
	return CAL_OK;
}

enum cal_err
ledger_totals(struct db *db, struct arena *mem, const char *tenant,
    struct ledger *out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_LEDGER_TOTALS, db_text(tenant)), &rows);
	if (rc == CAL_OK)
		*out = (struct ledger){
			.closed_to = db_cell(&rows, 0, 0),
			.current = db_cell_bool(&rows, 0, 1),
			.accepted = db_cell_int(&rows, 0, 2),
			.applied = db_cell_int(&rows, 0, 3),
			.superseded = db_cell_int(&rows, 0, 4),
			.flagged = db_cell_int(&rows, 0, 5),
			.pending = db_cell_int(&rows, 0, 6),
			.missing = db_cell_int(&rows, 0, 7),
			.retold = db_cell_int(&rows, 0, 8),
		};
	return rc;
}
