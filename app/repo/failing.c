/*
 * failing: see failing.h.
 */
#include "app/domain/policy.h"
#include "app/repo/failing.h"
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/stmt.h"
#include "app/repo/tx.h"
#include "lib/arena.h"
#include "lib/db.h"

enum cal_err
failing_begin(struct tx *tx, const char *subscription_id,
    const struct failing *f, bool *news)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_run(tx, STMT(STMT_FAILING_BEGIN, db_text(subscription_id),
	    db_bool(f->disabled), db_text(f->since),
	    db_int(tx->mem, POLICY_DAY)), &rows);
	*news = rc == CAL_OK && rows.n > 0;
	return rc;
}

static const struct row_column	failing_ended_columns[] = {
	COLUMN(struct failing_ended, connection_id),
	COLUMN(struct failing_ended, user_id),
};
const struct row	failing_ended_row =
    ROW(struct failing_ended, failing_ended_columns);

enum cal_err
failing_end(struct tx *tx, const char *grant_id,
    const char *endpoint_id, struct failing_ended *out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	*out = (struct failing_ended){ .user_id = NULL };
	rc = tx_run(tx, STMT(STMT_FAILING_END, db_text(grant_id),
	    db_text(endpoint_id)), &rows);
	if (rc != CAL_OK || rows.n == 0)
		return rc;
	return row_read(tx->mem, &rows, 0, &failing_ended_row, out);
}

static const struct row_column	heard_columns[] = {
	COLUMN(struct heard, tenant_id),
	COLUMN(struct heard, endpoint_id),
	COLUMN(struct heard, grant_id),
};
const struct row	heard_row = ROW(struct heard, heard_columns);

enum cal_err
deliveries_heard(struct db *db, struct arena *mem,
    const char *const *event_ids, size_t n, struct heard **out, int *nheard)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_run(db, mem, STMT(STMT_DELIVERIES_HEARD,
	    db_text_list(mem, event_ids, n)), &rows);
	if (rc == CAL_OK)
		rc = row_list(mem, &rows, &heard_row, out, nheard);
	return rc;
}

enum cal_err
endpoint_trust(struct tx *tx, const char *endpoint_id)
{
	return tx_run(tx, STMT(STMT_ENDPOINT_TRUST, db_text(endpoint_id)),
	    NULL);
}
