/*
 * ops_session: see ops_session.h.
 */
#include "app/repo/ops_session.h"
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/stmt.h"
#include "lib/arena.h"
#include "lib/db.h"

static const struct row_column	ops_session_columns[] = {
	COLUMN(struct ops_session, id),
	COLUMN(struct ops_session, tenant),
	COLUMN(struct ops_session, user_id),
	COLUMN_NAME(struct ops_session, status, session_status),
	COLUMN_NAME(struct ops_session, result, session_result),
	COLUMN(struct ops_session, calendly_email),
	COLUMN(struct ops_session, expected_email),
	COLUMN(struct ops_session, created_at),
	COLUMN(struct ops_session, expires_at),
	COLUMN_NAME(struct ops_session, connection_status, connection_status),
	COLUMN_NAME(struct ops_session, connection_reason, connection_reason),
};
const struct row	ops_session_row =
    ROW(struct ops_session, ops_session_columns);

static enum cal_err
list_sessions(struct db *db, struct arena *mem, struct db_query q,
    struct ops_session **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	if ((rc = db_run(db, mem, q, &rows)) != CAL_OK)
		return rc;
	return row_list(mem, &rows, &ops_session_row, out, n);
}

enum cal_err
ops_session_find(struct db *db, struct arena *mem, const char *low,
    const char *high, struct ops_session **out, int *n)
{
	return list_sessions(db, mem, STMT(STMT_OPS_SESSION_FIND, db_text(low),
	    db_text(high), db_int(mem, OPS_SESSION_FOUND + 1)), out, n);
}

static const struct row_column	ops_story_columns[] = {
	COLUMN(struct ops_story, at),
	COLUMN(struct ops_story, step),
	COLUMN(struct ops_story, detail),
	COLUMN(struct ops_story, times),
	COLUMN(struct ops_story, request_id),
	COLUMN(struct ops_story, purpose),
	COLUMN(struct ops_story, method),
	COLUMN(struct ops_story, path),
	COLUMN(struct ops_story, status),
	COLUMN(struct ops_story, error),
	COLUMN(struct ops_story, duration_ms),
	COLUMN(struct ops_story, reply),
};
const struct row	ops_story_row =
    ROW(struct ops_story, ops_story_columns);

enum cal_err
ops_session_story(struct db *db, struct arena *mem, const char *id,
    struct ops_story **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_run(db, mem, STMT(STMT_OPS_SESSION_STORY, db_text(id)), &rows);
	if (rc == CAL_OK)
		rc = row_list(mem, &rows, &ops_story_row, out, n);
	return rc;
}

enum cal_err
ops_session_list(struct db *db, struct arena *mem, const char *tenant,
    int limit, struct ops_session **out, int *n)
{
	return list_sessions(db, mem, STMT(STMT_OPS_SESSION_LIST,
	    db_text(tenant), db_int(mem, limit)), out, n);
}
