/*
 * tenant: see tenant.h.
 */
#include "app/repo/stmt.h"
#include "app/repo/tenant.h"
#include "app/repo/tx.h"
#include "lib/arena.h"
#include "lib/db.h"

enum cal_err
api_key_find(struct db *db, struct arena *mem, struct bytes hash,
    struct api_key **out)
{
	struct db_rows	 rows;
	struct api_key	*key;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_API_KEY_FIND, db_bytes(hash)), &rows);
	if (rc != CAL_OK)
		return rc;
	key = arena_alloc(mem, sizeof(*key));
	key->id = db_cell(&rows, 0, 0);
	key->tenant_id = db_cell(&rows, 0, 1);
	key->allow_token = db_cell_bool(&rows, 0, 2);
	*out = key;
	return CAL_OK;
}

enum cal_err
tenant_origin_find(struct tx *tx, const char *origin)
{
	struct db_rows	 rows;

	return tx_one(tx, STMT(STMT_ORIGIN_FIND, db_text(origin)), &rows);
}

enum cal_err
audit_add(struct tx *tx, const char *actor, const char *action,
    const char *subject)
{
	return tx_run(tx, STMT(STMT_AUDIT_ADD, db_text(actor), db_text(action),
	    db_text(subject)), NULL);
}

enum cal_err
deployment_meet(struct db *db, struct arena *mem, const char *backend_url,
    struct deployment *out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_DEPLOYMENT_MEET, db_text(backend_url)),
	    &rows);
	if (rc != CAL_OK)
		return rc;
	out->id = db_cell(&rows, 0, 0);
	out->backend_url = db_cell(&rows, 0, 1);
	return CAL_OK;
}

enum cal_err
deployment_find(struct db *db, struct arena *mem, struct deployment *out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT0(STMT_DEPLOYMENT_FIND), &rows);
	if (rc != CAL_OK)
		return rc;
	out->schema_version = (long)db_cell_int(&rows, 0, 0);
	out->id = db_cell(&rows, 0, 1);
	out->canary = db_cell_bytes(mem, &rows, 0, 2);
	return CAL_OK;
}

enum cal_err
database_probe(struct db *db, struct arena *mem)
{
	return db_run(db, mem, STMT0(STMT_DATABASE_PROBE), NULL);
}
