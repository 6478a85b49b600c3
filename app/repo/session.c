/*
 * session: see session.h.
 */
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/session.h"
#include "app/repo/stmt.h"
#include "app/repo/tx.h"
#include "lib/db.h"

static const struct row_column	session_made_columns[] = {
	COLUMN(struct session_made, id),
	COLUMN(struct session_made, expires_at),
};
const struct row	session_made_row =
    ROW(struct session_made, session_made_columns);

enum cal_err
session_add(struct tx *tx, const struct session_new *s,
    struct session_made *out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_SESSION_ADD, db_bytes(s->hash),
	    db_text(s->user_id), db_text(s->return_url),
	    db_text(s->expected_email), db_bool(s->force),
	    db_int(tx->mem, s->minutes)), &rows);
	if (rc == CAL_OK)
		rc = row_read(tx->mem, &rows, 0, &session_made_row, out);
	return rc;
}

static const struct row_column	session_found_columns[] = {
	COLUMN(struct connect_session, id),
	COLUMN(struct connect_session, tenant_id),
};
const struct row	session_found_row =
    ROW(struct connect_session, session_found_columns);

enum cal_err
session_find(struct db *db, struct arena *mem, struct bytes hash,
    struct connect_session *s)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_SESSION_FIND, db_bytes(hash)), &rows);
	if (rc == CAL_OK)
		rc = row_read(mem, &rows, 0, &session_found_row, s);
	return rc;
}

static const struct row_column	connect_session_columns[] = {
	COLUMN(struct connect_session, id),
	COLUMN(struct connect_session, tenant_id),
	COLUMN(struct connect_session, user_id),
	COLUMN(struct connect_session, return_url),
	COLUMN(struct connect_session, expected_email),
	COLUMN(struct connect_session, force),
	COLUMN(struct connect_session, generation),
	COLUMN_NAME(struct connect_session, status, session_status),
	COLUMN_NAME(struct connect_session, result, session_result),
	COLUMN(struct connect_session, calendly_email),
	COLUMN(struct connect_session, expired),
	COLUMN(struct connect_session, frontend_url),
	COLUMN(struct connect_session, created_at),
	COLUMN(struct connect_session, expires_at),
	COLUMN_NAME(struct connect_session, capability, capability),
};
const struct row	connect_session_row =
    ROW(struct connect_session, connect_session_columns);

enum cal_err
session_load(struct tx *tx, const char *id, struct connect_session *s)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_SESSION_LOAD, db_text(id)), &rows);
	if (rc == CAL_OK)
		rc = row_read(tx->mem, &rows, 0, &connect_session_row, s);
	return rc;
}

enum cal_err
session_mark(struct tx *tx, const char *id,
    enum session_status status, enum session_result result,
    const char *email)
{
	return tx_run(tx, STMT(STMT_SESSION_MARK, db_text(id),
	    db_text(session_status_name(status)),
	    db_text(session_result_name(result)), db_text(email)), NULL);
}

enum cal_err
session_open(struct tx *tx, const char *id, int minutes)
{
	return tx_run(tx, STMT(STMT_SESSION_OPEN, db_text(id),
	    db_int(tx->mem, minutes)), NULL);
}

enum cal_err
session_home(struct db *db, struct arena *mem, const char *id,
    const char *otherwise, const char **url)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_SESSION_HOME, db_text(id),
	    db_text(otherwise)), &rows);
	if (rc == CAL_OK)
		*url = only_text(&rows);
	return rc;
}
