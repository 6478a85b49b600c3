/*
 * budget: see budget.h.
 */
#include "app/repo/budget.h"
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/stmt.h"
#include "lib/db.h"

static const struct row_column	budget_call_columns[] = {
	COLUMN(struct budget_call, account_id),
	COLUMN(struct budget_call, window_number),
	COLUMN(struct budget_call, wait_ms),
};
const struct row	budget_call_row = ROW(struct budget_call,
			    budget_call_columns);

enum cal_err
budget_take(struct db *db, struct arena *mem, const struct budget_user *u,
    struct budget_call *call)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_BUDGET_TAKE, db_text(u->connection_id),
	    db_text(u->grant_id), db_bool(u->background)), &rows);
	return rc != CAL_OK ? rc : row_read(mem, &rows, 0, &budget_call_row,
	    call);
}

enum cal_err
budget_look(struct db *db, struct arena *mem, const struct budget_user *u,
    int64_t *ms)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_BUDGET_WAIT, db_text(u->connection_id),
	    db_text(u->grant_id), db_bool(u->background)), &rows);
	if (rc == CAL_OK)
		*ms = only_int(&rows);
	return rc;
}
