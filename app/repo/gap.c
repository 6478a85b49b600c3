/*
 * gap: see gap.h.
 */
#include "app/repo/gap.h"
#include "app/repo/stmt.h"
#include "app/repo/tx.h"
#include "lib/db.h"

enum cal_err
gap_note_open(struct tx *tx, const char *grant_id, bool trust)
{
	return tx_run(tx, STMT(STMT_GAP_OPEN, db_text(grant_id),
	    db_bool(trust)), NULL);
}

enum cal_err
gap_note_closed(struct tx *tx, const char *grant_id, bool well, struct gap *gap)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_GAP_CLOSE, db_text(grant_id), db_bool(well)),
	    &rows);
	if (rc != CAL_OK)
		return rc;
	gap->since = db_cell(&rows, 0, 0);
	gap->until = db_cell(&rows, 0, 1);
	gap->user_id = db_cell(&rows, 0, 2);
	return CAL_OK;
}
