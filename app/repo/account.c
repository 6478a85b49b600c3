/*
 * account: see account.h.
 */
#include "app/repo/account.h"
#include "app/repo/stmt.h"
#include "lib/db.h"

enum cal_err
account_limit(struct db *db, struct arena *mem, const char *connection_id,
    long seconds)
{
	return db_run(db, mem, STMT_ACCOUNT_LIMIT,
	    STMT_ARGS(db_text(connection_id), db_int(mem, seconds)), NULL);
}

enum cal_err
account_limited(struct db *db, struct arena *mem, const char *connection_id,
    int64_t *ms)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT_ACCOUNT_LIMITED,
	    STMT_ARGS(db_text(connection_id)), &rows);
	if (rc == CAL_OK)
		*ms = db_cell_int(&rows, 0, 0);
	return rc;
}
