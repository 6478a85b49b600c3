/*
 * tenant: see tenant.h.
 */
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/stmt.h"
#include "app/repo/tenant.h"
#include "app/repo/tx.h"
#include "lib/arena.h"
#include "lib/db.h"

static const struct row_column	api_key_columns[] = {
	COLUMN(struct api_key, id),
	COLUMN(struct api_key, tenant_id),
	COLUMN(struct api_key, allow_token),
};
const struct row	api_key_row = ROW(struct api_key, api_key_columns);

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
	rc = row_read(mem, &rows, 0, &api_key_row, key);
	*out = key;
	return rc;
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

static const struct row_column	deployment_met_columns[] = {
	COLUMN_AS("deployment_id", struct deployment, id),
	COLUMN(struct deployment, backend_url),
};
const struct row	deployment_met_row =
    ROW(struct deployment, deployment_met_columns);

enum cal_err
deployment_meet(struct db *db, struct arena *mem, const char *backend_url,
    struct deployment *out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_DEPLOYMENT_MEET, db_text(backend_url)),
	    &rows);
	if (rc == CAL_OK)
		rc = row_read(mem, &rows, 0, &deployment_met_row, out);
	return rc;
}

static const struct row_column	deployment_columns[] = {
	COLUMN(struct deployment, id),
	COLUMN(struct deployment, canary),
};
const struct row	deployment_row =
    ROW(struct deployment, deployment_columns);

enum cal_err
deployment_find(struct db *db, struct arena *mem, struct deployment *out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT0(STMT_DEPLOYMENT_FIND), &rows);
	if (rc == CAL_OK)
		rc = row_read(mem, &rows, 0, &deployment_row, out);
	return rc;
}

enum cal_err
database_probe(struct db *db, struct arena *mem)
{
	return db_run(db, mem, STMT0(STMT_DATABASE_PROBE), NULL);
}
