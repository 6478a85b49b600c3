/*
 * ops: see ops.h.
 */
#include "app/repo/ops.h"
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/stmt.h"
#include "lib/arena.h"
#include "lib/db.h"

/* Runs a statement that returns a single cell. */
static enum cal_err
one_cell(struct db *db, struct arena *mem, struct db_query q, const char **out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	if ((rc = db_one(db, mem, q, &rows)) == CAL_OK)
		*out = only_text(&rows);
	return rc;
}

enum cal_err
ops_tenant_add(struct db *db, struct arena *mem, const char *name,
    const char *frontend_url, const char **id)
{
	enum cal_err	 rc;

	rc = one_cell(db, mem, STMT(STMT_OPS_TENANT_ADD, db_text(name),
	    db_text(frontend_url)), id);
	return rc == CAL_NOTFOUND ? CAL_CONFLICT : rc;
}

enum cal_err
ops_tenant_find(struct db *db, struct arena *mem, const char *name,
    const char **id)
{
	return one_cell(db, mem, STMT(STMT_OPS_TENANT_FIND, db_text(name)), id);
}

static const struct row_column	ops_tenant_columns[] = {
	COLUMN(struct ops_tenant, name),
	COLUMN(struct ops_tenant, frontend_url),
	COLUMN(struct ops_tenant, origins),
	COLUMN(struct ops_tenant, keys),
	COLUMN(struct ops_tenant, connections),
	COLUMN(struct ops_tenant, created_at),
};
const struct row	ops_tenant_row =
    ROW(struct ops_tenant, ops_tenant_columns);

enum cal_err
ops_tenant_list(struct db *db, struct arena *mem, const char *name,
    struct ops_tenant **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_run(db, mem, STMT(STMT_OPS_TENANT_LIST, db_text(name)), &rows);
	if (rc == CAL_OK)
		rc = row_list(mem, &rows, &ops_tenant_row, out, n);
	return rc;
}

enum cal_err
ops_tenant_set_frontend(struct db *db, struct arena *mem, const char *id,
    const char *url)
{
	return db_run(db, mem, STMT(STMT_OPS_TENANT_FRONTEND, db_text(id),
	    db_text(url)), NULL);
}

static enum cal_err
change_origins(struct db *db, struct arena *mem, int stmt,
    const char *tenant_id, const char *const *origins, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_run(db, mem, DB_QUERY(stmt, db_text(tenant_id),
	    db_texts(mem, origins)), &rows);
	if (rc == CAL_OK)
		*n = rows.n;
	return rc;
}

enum cal_err
ops_origins_add(struct db *db, struct arena *mem, const char *tenant_id,
    const char *const *origins, int *n)
{
	return change_origins(db, mem, STMT_OPS_ORIGINS_ADD, tenant_id,
	    origins, n);
}

enum cal_err
ops_origins_drop(struct db *db, struct arena *mem, const char *tenant_id,
    const char *const *origins, int *n)
{
	return change_origins(db, mem, STMT_OPS_ORIGINS_DROP, tenant_id,
	    origins, n);
}

enum cal_err
ops_key_add(struct db *db, struct arena *mem, const char *tenant_id,
    struct bytes hash, bool allow_token, const char **id)
{
	return one_cell(db, mem, STMT(STMT_OPS_KEY_ADD, db_text(tenant_id),
	    db_bytes(hash), db_bool(allow_token)), id);
}

static const struct row_column	ops_key_columns[] = {
	COLUMN(struct ops_key, id),
	COLUMN(struct ops_key, tenant),
	COLUMN(struct ops_key, allow_token),
	COLUMN(struct ops_key, created_at),
	COLUMN(struct ops_key, revoked_at),
};
const struct row	ops_key_row = ROW(struct ops_key, ops_key_columns);

enum cal_err
ops_key_list(struct db *db, struct arena *mem, const char *tenant,
    struct ops_key **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_run(db, mem, STMT(STMT_OPS_KEY_LIST, db_text(tenant)), &rows);
	if (rc == CAL_OK)
		rc = row_list(mem, &rows, &ops_key_row, out, n);
	return rc;
}

enum cal_err
ops_key_revoke(struct db *db, struct arena *mem, const char *id,
    const char **tenant_id)
{
	return one_cell(db, mem, STMT(STMT_OPS_KEY_REVOKE, db_text(id)),
	    tenant_id);
}

static const struct row_column	ops_connection_columns[] = {
	COLUMN(struct ops_connection, tenant),
	COLUMN(struct ops_connection, user_id),
	COLUMN_NAME(struct ops_connection, status, connection_status),
	COLUMN_NAME(struct ops_connection, reason, connection_reason),
	COLUMN_NAME(struct ops_connection, capability, capability),
	COLUMN(struct ops_connection, email),
	COLUMN_NAME(struct ops_connection, webhook_state, subscription_state),
	COLUMN(struct ops_connection, updated_at),
};
const struct row	ops_connection_row =
    ROW(struct ops_connection, ops_connection_columns);

enum cal_err
ops_connection_list(struct db *db, struct arena *mem, const char *tenant,
    enum connection_status status, int limit, struct ops_connection **out,
    int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_run(db, mem, STMT(STMT_OPS_CONNECTION_LIST, db_text(tenant),
	    db_text(connection_status_name(status)), db_int(mem, limit)),
	    &rows);
	if (rc == CAL_OK)
		rc = row_list(mem, &rows, &ops_connection_row, out, n);
	return rc;
}

static const struct row_column	ops_job_columns[] = {
	COLUMN(struct ops_job, id),
	COLUMN(struct ops_job, tenant),
	COLUMN(struct ops_job, kind),
	COLUMN(struct ops_job, subject),
	COLUMN_NAME(struct ops_job, state, job_state),
	COLUMN(struct ops_job, tries),
	COLUMN(struct ops_job, next_run_at),
	COLUMN(struct ops_job, error),
};
const struct row	ops_job_row = ROW(struct ops_job, ops_job_columns);

enum cal_err
ops_job_list(struct db *db, struct arena *mem, const char *tenant, bool parked,
    int limit, struct ops_job **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_run(db, mem, STMT(STMT_OPS_JOB_LIST, db_text(tenant),
	    db_bool(parked), db_int(mem, limit)), &rows);
	if (rc == CAL_OK)
		rc = row_list(mem, &rows, &ops_job_row, out, n);
	return rc;
}

enum cal_err
ops_job_retry(struct db *db, struct arena *mem, const char *id,
    const char **tenant_id)
{
	return one_cell(db, mem, STMT(STMT_OPS_JOB_RETRY, db_text(id)),
	    tenant_id);
}

static const struct row_column	ops_call_columns[] = {
	COLUMN(struct ops_call, at),
	COLUMN(struct ops_call, tenant),
	COLUMN(struct ops_call, user_id),
	COLUMN(struct ops_call, purpose),
	COLUMN(struct ops_call, method),
	COLUMN(struct ops_call, path),
	COLUMN(struct ops_call, status),
	COLUMN(struct ops_call, error),
	COLUMN(struct ops_call, request_id),
	COLUMN(struct ops_call, session_id),
};
const struct row	ops_call_row = ROW(struct ops_call, ops_call_columns);

enum cal_err
ops_call_list(struct db *db, struct arena *mem, const char *tenant, int limit,
    struct ops_call **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_run(db, mem, STMT(STMT_OPS_CALL_LIST, db_text(tenant),
	    db_int(mem, limit)), &rows);
	if (rc == CAL_OK)
		rc = row_list(mem, &rows, &ops_call_row, out, n);
	return rc;
}

static const struct row_column	ops_trouble_columns[] = {
	COLUMN(struct ops_trouble, grant_id),
	COLUMN(struct ops_trouble, tenant),
	COLUMN(struct ops_trouble, user_id),
	COLUMN_NAME(struct ops_trouble, trouble, grant_trouble),
	COLUMN(struct ops_trouble, user_uri),
	COLUMN(struct ops_trouble, until),
};
const struct row	ops_trouble_row =
    ROW(struct ops_trouble, ops_trouble_columns);

enum cal_err
ops_trouble_list(struct db *db, struct arena *mem, const char *tenant,
    int limit, struct ops_trouble **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_run(db, mem, STMT(STMT_OPS_TROUBLE_LIST, db_text(tenant),
	    db_int(mem, limit)), &rows);
	if (rc == CAL_OK)
		rc = row_list(mem, &rows, &ops_trouble_row, out, n);
	return rc;
}

static const struct row_column	ops_left_columns[] = {
	COLUMN(struct ops_left, at),
	COLUMN(struct ops_left, tenant),
	COLUMN(struct ops_left, what),
};
const struct row	ops_left_row = ROW(struct ops_left, ops_left_columns);

enum cal_err
ops_left_list(struct db *db, struct arena *mem, const char *tenant, int days,
    int limit, struct ops_left **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_run(db, mem, STMT(STMT_OPS_LEFT_LIST, db_text(tenant),
	    db_int(mem, days), db_int(mem, limit)), &rows);
	if (rc == CAL_OK)
		rc = row_list(mem, &rows, &ops_left_row, out, n);
	return rc;
}
