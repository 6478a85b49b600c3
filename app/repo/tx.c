/*
 * tx: see tx.h.
 */
#include "app/repo/stmt.h"
#include "app/repo/tx.h"
#include "lib/db.h"

enum cal_err
tx_enter(struct tx *tx, struct db *db, struct arena *mem,
    const char *tenant_id)
{
	*tx = (struct tx){ .db = db, .mem = mem, .tenant_id = tenant_id };
	return tx_run(tx, STMT(STMT_TENANT_SET, db_text(tenant_id)), NULL);
}

enum cal_err
tx_begin(struct tx *tx, struct db *db, struct arena *mem,
    const char *tenant_id)
{
	*tx = (struct tx){ .db = db, .mem = mem, .tenant_id = tenant_id };
	return db_begin_with(db, mem, STMT(STMT_TENANT_SET,
	    db_text(tenant_id)));
}

enum cal_err
tx_run(struct tx *tx, struct db_query q, struct db_rows *rows)
{
	return db_run(tx->db, tx->mem, q, rows);
}

enum cal_err
tx_one(struct tx *tx, struct db_query q, struct db_rows *rows)
{
	return db_one(tx->db, tx->mem, q, rows);
}
