/*
 * ops_schema: see ops_schema.h.
 */
#include "app/domain/policy.h"
#include "app/repo/ops_schema.h"
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/stmt.h"
#include "lib/arena.h"
#include "lib/db.h"

static const struct row_column	ops_role_columns[] = {
	COLUMN(struct ops_role, login),
	COLUMN(struct ops_role, super),
	COLUMN(struct ops_role, bypass),
	COLUMN(struct ops_role, creates_roles),
	COLUMN(struct ops_role, owns),
	COLUMN(struct ops_role, runtime),
};
const struct row	ops_role_row = ROW(struct ops_role, ops_role_columns);

enum cal_err
ops_role_find(struct db *db, struct arena *mem, const char *name,
    struct ops_role *out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_OPS_ROLE_FIND, db_text(name)), &rows);
	if (rc == CAL_OK)
		rc = row_read(mem, &rows, 0, &ops_role_row, out);
	return rc;
}

/*
 * GRANT takes no parameters, so the server writes its text, with the name
 * quoted.
 */
enum cal_err
ops_role_grant(struct db *db, struct arena *mem, const char *name)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_OPS_ROLE_GRANT, db_text(name)), &rows);
	if (rc != CAL_OK)
		return rc;
	return db_script(db, only_text(&rows), "grant calendlyd_runtime");
}

enum cal_err
ops_role_limits(struct db *db, struct arena *mem, const char *name,
    const char **sql)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_OPS_ROLE_LIMITS, db_text(name)), &rows);
	if (rc == CAL_OK)
		*sql = only_text(&rows);
	return rc;
}

enum cal_err
ops_role_limit(struct db *db, const char *sql)
{
	return db_script(db, sql, "limit the run-time role");
}

enum cal_err
deployment_add(struct db *db, struct arena *mem, const char *id,
    struct bytes canary)
{
	return db_run(db, mem, STMT(STMT_OPS_DEPLOYMENT_ADD, db_text(id),
	    db_bytes(canary)), NULL);
}

enum cal_err
ops_exposed_list(struct db *db, struct arena *mem, const char *const **out,
    int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_run(db, mem, STMT0(STMT_OPS_EXPOSED_LIST), &rows);
	if (rc != CAL_OK)
		return rc;
	*out = only_texts(mem, &rows);
	*n = rows.n;
	return CAL_OK;
}

enum cal_err
ops_backend_url(struct db *db, struct arena *mem, const char **url)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT0(STMT_OPS_BACKEND_URL), &rows);
	if (rc == CAL_OK)
		*url = only_text(&rows);
	return rc;
}

enum cal_err
ops_adopt(struct db *db, struct arena *mem, const char *deployment_id,
    const char *backend_url)
{
	return db_run(db, mem, STMT(STMT_OPS_ADOPT, db_text(deployment_id),
	    db_text(backend_url), db_int(mem, POLICY_ADOPT_SPREAD)), NULL);
}
