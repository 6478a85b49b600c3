/*
 * ops: see ops.h.
 */
#include "app/repo/ops.h"
#include "app/repo/stmt.h"
#include "lib/arena.h"
#include "lib/db.h"

/* The one cell of a statement that returns one. */
static enum cal_err
one_cell(struct db *db, struct arena *mem, struct db_query q, const char **out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	if ((rc = db_one(db, mem, q, &rows)) == CAL_OK)
		*out = db_cell(&rows, 0, 0);
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

enum cal_err
ops_tenant_list(struct db *db, struct arena *mem, const char *name,
    struct ops_tenant **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;
	int		 i;

	rc = db_run(db, mem, STMT(STMT_OPS_TENANT_LIST, db_text(name)), &rows);
	if (rc != CAL_OK)
		return rc;
	*out = arena_array(mem, (size_t)rows.n, sizeof(**out));
	for (i = 0; i < rows.n; i++)
		(*out)[i] = (struct ops_tenant){
			.name = db_cell(&rows, i, 0),
			.frontend_url = db_cell(&rows, i, 1),
			.origins = db_cell_texts(mem, &rows, i, 2),
			.keys = db_cell_int(&rows, i, 3),
			.connections = db_cell_int(&rows, i, 4),
			.created_at = db_cell(&rows, i, 5),
		};
	*n = rows.n;
	return CAL_OK;
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

enum cal_err
ops_key_list(struct db *db, struct arena *mem, const char *tenant,
    struct ops_key **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;
	int		 i;

	rc = db_run(db, mem, STMT(STMT_OPS_KEY_LIST, db_text(tenant)), &rows);
	if (rc != CAL_OK)
		return rc;
	*out = arena_array(mem, (size_t)rows.n, sizeof(**out));
	for (i = 0; i < rows.n; i++)
		(*out)[i] = (struct ops_key){
			.id = db_cell(&rows, i, 0),
			.tenant = db_cell(&rows, i, 1),
			.allow_token = db_cell_bool(&rows, i, 2),
			.created_at = db_cell(&rows, i, 3),
			.revoked_at = db_cell(&rows, i, 4),
		};
	*n = rows.n;
	return CAL_OK;
}

enum cal_err
ops_key_revoke(struct db *db, struct arena *mem, const char *id,
    const char **tenant_id)
{
	return one_cell(db, mem, STMT(STMT_OPS_KEY_REVOKE, db_text(id)),
	    tenant_id);
}

enum cal_err
ops_connection_list(struct db *db, struct arena *mem, const char *tenant,
    const char *status, int limit, struct ops_connection **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;
	int		 i;

	rc = db_run(db, mem, STMT(STMT_OPS_CONNECTION_LIST, db_text(tenant),
	    db_text(status), db_int(mem, limit)), &rows);
	if (rc != CAL_OK)
		return rc;
	*out = arena_array(mem, (size_t)rows.n, sizeof(**out));
	for (i = 0; i < rows.n; i++)
		(*out)[i] = (struct ops_connection){
			.tenant = db_cell(&rows, i, 0),
			.user_id = db_cell(&rows, i, 1),
			.status = db_cell(&rows, i, 2),
			.reason = db_cell(&rows, i, 3),
			.capability = db_cell(&rows, i, 4),
			.email = db_cell(&rows, i, 5),
			.webhook_state = db_cell(&rows, i, 6),
			.updated_at = db_cell(&rows, i, 7),
		};
	*n = rows.n;
	return CAL_OK;
}

enum cal_err
ops_job_list(struct db *db, struct arena *mem, const char *tenant, bool parked,
    int limit, struct ops_job **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;
	int		 i;

	rc = db_run(db, mem, STMT(STMT_OPS_JOB_LIST, db_text(tenant),
	    db_bool(parked), db_int(mem, limit)), &rows);
	if (rc != CAL_OK)
		return rc;
	*out = arena_array(mem, (size_t)rows.n, sizeof(**out));
	for (i = 0; i < rows.n; i++)
		(*out)[i] = (struct ops_job){
			.id = db_cell(&rows, i, 0),
			.tenant = db_cell(&rows, i, 1),
			.kind = db_cell(&rows, i, 2),
			.subject = db_cell(&rows, i, 3),
			.state = db_cell(&rows, i, 4),
			.tries = db_cell_int(&rows, i, 5),
			.next_run_at = db_cell(&rows, i, 6),
			.error = db_cell(&rows, i, 7),
		};
	*n = rows.n;
	return CAL_OK;
}

enum cal_err
ops_job_retry(struct db *db, struct arena *mem, const char *id,
    const char **tenant_id)
{
	return one_cell(db, mem, STMT(STMT_OPS_JOB_RETRY, db_text(id)),
	    tenant_id);
}

enum cal_err
ops_call_list(struct db *db, struct arena *mem, const char *tenant, int limit,
    struct ops_call **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;
	int		 i;

	rc = db_run(db, mem, STMT(STMT_OPS_CALL_LIST, db_text(tenant),
	    db_int(mem, limit)), &rows);
	if (rc != CAL_OK)
		return rc;
	*out = arena_array(mem, (size_t)rows.n, sizeof(**out));
	for (i = 0; i < rows.n; i++)
		(*out)[i] = (struct ops_call){
			.at = db_cell(&rows, i, 0),
			.tenant = db_cell(&rows, i, 1),
			.user_id = db_cell(&rows, i, 2),
			.purpose = db_cell(&rows, i, 3),
			.method = db_cell(&rows, i, 4),
			.path = db_cell(&rows, i, 5),
			.status = db_cell(&rows, i, 6),
			.error = db_cell(&rows, i, 7),
			.request_id = db_cell(&rows, i, 8),
			.session_id = db_cell(&rows, i, 9),
		};
	*n = rows.n;
	return CAL_OK;
}

enum cal_err
ops_trouble_list(struct db *db, struct arena *mem, const char *tenant,
    int limit, struct ops_trouble **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;
	int		 i;

	rc = db_run(db, mem, STMT(STMT_OPS_TROUBLE_LIST, db_text(tenant),
	    db_int(mem, limit)), &rows);
	if (rc != CAL_OK)
		return rc;
	*out = arena_array(mem, (size_t)rows.n, sizeof(**out));
	for (i = 0; i < rows.n; i++)
		(*out)[i] = (struct ops_trouble){
			.grant_id = db_cell(&rows, i, 0),
			.tenant = db_cell(&rows, i, 1),
			.user_id = db_cell(&rows, i, 2),
			.trouble = db_cell(&rows, i, 3),
			.user_uri = db_cell(&rows, i, 4),
			.until = db_cell(&rows, i, 5),
		};
	*n = rows.n;
	return CAL_OK;
}
