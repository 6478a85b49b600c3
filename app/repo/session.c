/*
 * session: see session.h.
 */
#include "app/repo/session.h"
#include "app/repo/stmt.h"
#include "app/repo/tx.h"
#include "lib/db.h"

enum cal_err
session_add(struct tx *tx, const struct session_new *s, const char **id,
    const char **expires_at)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_SESSION_ADD, db_bytes(s->hash),
	    db_text(s->user_id), db_text(s->return_url),
	    db_text(s->expected_email), db_bool(s->force),
	    db_int(tx->mem, s->minutes)), &rows);
	if (rc != CAL_OK)
		return rc;
	*id = db_cell(&rows, 0, 0);
	*expires_at = db_cell(&rows, 0, 1);
	return CAL_OK;
}

enum cal_err
session_find(struct db *db, struct arena *mem, struct bytes hash,
    struct connect_session *s)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_SESSION_FIND, db_bytes(hash)), &rows);
	if (rc != CAL_OK)
		return rc;
	*s = (struct connect_session){
		.id = db_cell(&rows, 0, 0),
		.tenant_id = db_cell(&rows, 0, 1),
	};
	return CAL_OK;
}

enum cal_err
session_load(struct tx *tx, const char *id, struct connect_session *s)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_SESSION_LOAD, db_text(id)), &rows);
	if (rc != CAL_OK)
		return rc;
	*s = (struct connect_session){
		.id = db_cell(&rows, 0, 0),
		.tenant_id = db_cell(&rows, 0, 1),
		.user_id = db_cell(&rows, 0, 2),
		.return_url = db_cell(&rows, 0, 3),
		.expected_email = db_cell(&rows, 0, 4),
		.force = db_cell_bool(&rows, 0, 5),
		.generation = db_cell_int(&rows, 0, 6),
		.status = db_cell(&rows, 0, 7),
		.result = db_cell(&rows, 0, 8),
		.calendly_email = db_cell(&rows, 0, 9),
		.expired = db_cell_bool(&rows, 0, 10),
		.frontend_url = db_cell(&rows, 0, 11),
		.created_at = db_cell(&rows, 0, 12),
		.expires_at = db_cell(&rows, 0, 13),
		.capability = db_cell(&rows, 0, 14),
	};
	return CAL_OK;
}

enum cal_err
session_mark(struct tx *tx, const char *id, const char *status,
    const char *result, const char *email)
{
	return tx_run(tx, STMT(STMT_SESSION_MARK, db_text(id), db_text(status),
	    db_text(result), db_text(email)), NULL);
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
		*url = db_cell(&rows, 0, 0);
	return rc;
}
