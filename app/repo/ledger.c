/*
 * ledger: see ledger.h.
 */
#include "app/domain/policy.h"
#include "app/repo/ledger.h"
#include "app/repo/row.h"
#include "app/repo/rows.h"
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
		*n = only_int(&rows);
	return rc;
}

static const struct row_column	ledger_alarm_columns[] = {
	COLUMN(struct ledger_alarm, tenant),
	COLUMN(struct ledger_alarm, minute),
	COLUMN(struct ledger_alarm, missing),
};
const struct row	ledger_alarm_row =
    ROW(struct ledger_alarm, ledger_alarm_columns);

enum cal_err
ledger_tell(struct db *db, struct arena *mem, struct ledger_alarm **out,
    int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	if ((rc = db_run(db, mem, STMT0(STMT_LEDGER_TELL), &rows)) != CAL_OK)
		return rc;
	return row_list(mem, &rows, &ledger_alarm_row, out, n);
}

static const struct row_column	ledger_columns[] = {
	COLUMN(struct ledger, closed_to),
	COLUMN(struct ledger, current),
	COLUMN(struct ledger, accepted),
	COLUMN(struct ledger, applied),
	COLUMN(struct ledger, superseded),
	COLUMN(struct ledger, flagged),
	COLUMN(struct ledger, pending),
	COLUMN(struct ledger, missing),
	COLUMN(struct ledger, retold),
};
const struct row	ledger_row = ROW(struct ledger, ledger_columns);

enum cal_err
ledger_totals(struct db *db, struct arena *mem, const char *tenant,
    struct ledger *out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_LEDGER_TOTALS, db_text(tenant),
	    db_int(mem, POLICY_BOOKS_CURRENT)), &rows);
	if (rc == CAL_OK)
		rc = row_read(mem, &rows, 0, &ledger_row, out);
	return rc;
}
