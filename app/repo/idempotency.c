/*
 * idempotency: see idempotency.h.
 */
#include "app/domain/policy.h"
#include "app/repo/idempotency.h"
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/stmt.h"
#include "app/repo/tx.h"
#include "lib/db.h"

enum cal_err
idempotency_lock(struct tx *tx, int64_t lock)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_IDEMPOTENCY_LOCK, db_int(tx->mem, lock)),
	    &rows);
	return rc == CAL_OK && !only_bool(&rows) ? CAL_CONFLICT : rc;
}

static const struct row_column	idempotency_columns[] = {
	COLUMN(struct idempotency, id),
	COLUMN(struct idempotency, request_hash),
	COLUMN(struct idempotency, status),
	COLUMN(struct idempotency, answer_sealed),
};
const struct row	idempotency_row =
    ROW(struct idempotency, idempotency_columns);

enum cal_err
idempotency_find(struct tx *tx, struct bytes key_hash, struct idempotency *out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_IDEMPOTENCY_FIND, db_bytes(key_hash),
	    db_int(tx->mem, POLICY_IDEMPOTENCY)), &rows);
	if (rc == CAL_OK)
		rc = row_read(tx->mem, &rows, 0, &idempotency_row, out);
	return rc;
}

enum cal_err
idempotency_keep(struct tx *tx, struct bytes key_hash,
    const struct idempotency *k)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_IDEMPOTENCY_KEEP, db_bytes(key_hash),
	    db_text(k->id), db_bytes(k->request_hash),
	    db_int(tx->mem, k->status), db_bytes(k->answer_sealed),
	    db_int(tx->mem, POLICY_IDEMPOTENCY)), &rows);
	return rc == CAL_NOTFOUND ? CAL_CONFLICT : rc;
}
