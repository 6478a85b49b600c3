/*
 * ops_session: see ops_session.h.
 */
#include "app/repo/ops_session.h"
#include "app/repo/stmt.h"
#include "lib/arena.h"
#include "lib/db.h"

static enum cal_err
sessions(struct db *db, struct arena *mem, struct db_query q,
    struct ops_session **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;
	int		 i;

	if ((rc = db_run(db, mem, q, &rows)) != CAL_OK)
		return rc;
	*out = arena_array(mem, (size_t)rows.n, sizeof(**out));
	for (i = 0; i < rows.n; i++)
		(*out)[i] = (struct ops_session){
			.id = db_cell(&rows, i, 0),
			.tenant = db_cell(&rows, i, 1),
			.user_id = db_cell(&rows, i, 2),
			.status = db_cell(&rows, i, 3),
			.result = db_cell(&rows, i, 4),
			.calendly_email = db_cell(&rows, i, 5),
			.expected_email = db_cell(&rows, i, 6),
			.created_at = db_cell(&rows, i, 7),
			.expires_at = db_cell(&rows, i, 8),
			.connection_status = db_cell(&rows, i, 9),
			.connection_reason = db_cell(&rows, i, 10),
		};
	*n = rows.n;
	return CAL_OK;
}

enum cal_err
ops_session_find(struct db *db, struct arena *mem, const char *low,
    const char *high, struct ops_session **out, int *n)
{
	return sessions(db, mem, STMT(STMT_OPS_SESSION_FIND, db_text(low),
	    db_text(high)), out, n);
}

enum cal_err
ops_session_story(struct db *db, struct arena *mem, const char *id,
    struct ops_story **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;
	int		 i;

	rc = db_run(db, mem, STMT(STMT_OPS_SESSION_STORY, db_text(id)), &rows);
	if (rc != CAL_OK)
		return rc;
	*out = arena_array(mem, (size_t)rows.n, sizeof(**out));
	for (i = 0; i < rows.n; i++)
		(*out)[i] = (struct ops_story){
			.at = db_cell(&rows, i, 0),
			.step = db_cell(&rows, i, 1),
			.detail = db_cell(&rows, i, 2),
			.times = db_cell_int(&rows, i, 3),
			.request_id = db_cell(&rows, i, 4),
			.purpose = db_cell(&rows, i, 5),
			.method = db_cell(&rows, i, 6),
			.path = db_cell(&rows, i, 7),
			.status = db_cell(&rows, i, 8),
			.error = db_cell(&rows, i, 9),
			.duration_ms = db_cell(&rows, i, 10),
			.reply = db_cell(&rows, i, 11),
		};
	*n = rows.n;
	return CAL_OK;
}

enum cal_err
ops_session_list(struct db *db, struct arena *mem, const char *tenant,
    int limit, struct ops_session **out, int *n)
{
	return sessions(db, mem, STMT(STMT_OPS_SESSION_LIST, db_text(tenant),
	    db_int(mem, limit)), out, n);
}
