/*
 * gap: see gap.h.
 */
#include "app/domain/policy.h"
#include "app/repo/gap.h"
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/stmt.h"
#include "app/repo/tx.h"
#include "lib/db.h"

enum cal_err
gap_note_open(struct tx *tx, const char *grant_id, bool trust)
{
	return tx_run(tx, STMT(STMT_GAP_OPEN, db_text(grant_id),
	    db_bool(trust), db_int(tx->mem, POLICY_FIRST_SUBSCRIPTION),
	    db_int(tx->mem, POLICY_GAP_EVENTS)), NULL);
}

static const struct row_column	gap_columns[] = {
	COLUMN(struct gap, since),
	COLUMN(struct gap, until),
	COLUMN(struct gap, user_id),
};
const struct row	gap_row = ROW(struct gap, gap_columns);

enum cal_err
gap_note_closed(struct tx *tx, const char *grant_id, bool well, struct gap *gap)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_GAP_CLOSE, db_text(grant_id), db_bool(well)),
	    &rows);
	if (rc == CAL_OK)
		rc = row_read(tx->mem, &rows, 0, &gap_row, gap);
	return rc;
}
