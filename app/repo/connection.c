/*
 * connection: see connection.h.
 */
#include "app/repo/connection.h"
#include "app/repo/stmt.h"
#include "app/repo/tx.h"
#include "lib/arena.h"
#include "lib/db.h"

static void
connection_from_row(const struct db_rows *rows, struct connection *c)
{
	c->id = db_cell(rows, 0, 0);
	c->user_id = db_cell(rows, 0, 1);
	c->status = db_cell(rows, 0, 2);
	c->reason = db_cell(rows, 0, 3);
	c->grant_id = db_cell(rows, 0, 4);
}

/* In the order of CONNECTION_COLUMNS. */
static void
view_from_row(struct arena *mem, const struct db_rows *rows, int i,
    struct connection_view *v)
{
	v->id = db_cell(rows, i, 0);
	v->user_id = db_cell(rows, i, 1);
	v->status = db_cell(rows, i, 2);
	v->reason = db_cell(rows, i, 3);
	v->capability = db_cell(rows, i, 4);
	v->left_behind = db_cell_texts(mem, rows, i, 5);
	v->connected_at = db_cell(rows, i, 6);
	v->updated_at = db_cell(rows, i, 7);
	v->grant_id = db_cell(rows, i, 8);
	v->user_uri = db_cell(rows, i, 9);
	v->organization_uri = db_cell(rows, i, 10);
	v->email = db_cell(rows, i, 11);
	v->name = db_cell(rows, i, 12);
	v->timezone = db_cell(rows, i, 13);
	v->scopes = db_cell_texts(mem, rows, i, 14);
	v->webhook_uri = db_cell(rows, i, 15);
	v->webhook_state = db_cell(rows, i, 16);
	v->webhook_events = db_cell_texts(mem, rows, i, 17);
	v->last_event_at = db_cell(rows, i, 18);
	v->webhook_verified = db_cell_bool(rows, i, 19);
	v->trouble = db_cell(rows, i, 20);
}

enum cal_err
connection_ensure(struct tx *tx, const char *user_id)
{
	return tx_run(tx, STMT(STMT_CONNECTION_ENSURE, db_text(user_id)), NULL);
}

static enum cal_err
find_one(struct tx *tx, struct db_query q, struct connection *c)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, q, &rows);
	if (rc == CAL_OK)
		connection_from_row(&rows, c);
	return rc;
}

enum cal_err
connection_lock(struct tx *tx, const char *user_id, struct connection *c)
{
	return find_one(tx, STMT(STMT_CONNECTION_LOCK, db_text(user_id)), c);
}

enum cal_err
connection_load(struct tx *tx, const char *id, struct connection *c)
{
	return find_one(tx, STMT(STMT_CONNECTION_LOAD, db_text(id)), c);
}

enum cal_err
connection_lock_unwanted(struct tx *tx, const char *id)
{
	struct db_rows	 rows;

	return tx_one(tx, STMT(STMT_CONNECTION_LOCK_UNWANTED, db_text(id)),
	    &rows);
}

enum cal_err
connection_find(struct tx *tx, const char *user_id, struct connection_view *v)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_CONNECTION_FIND, db_text(user_id)), &rows);
	if (rc == CAL_OK)
		view_from_row(tx->mem, &rows, 0, v);
	return rc;
}

enum cal_err
connection_list(struct tx *tx, const char *status, const char *after, int limit,
    struct connection_view **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;
	int		 i;

	rc = tx_run(tx, STMT(STMT_CONNECTION_LIST, db_text(status),
	    db_text(after), db_int(tx->mem, limit)), &rows);
	if (rc != CAL_OK)
		return rc;
	*out = arena_array(tx->mem, (size_t)rows.n, sizeof(**out));
	for (i = 0; i < rows.n; i++)
		view_from_row(tx->mem, &rows, i, &(*out)[i]);
	*n = rows.n;
	return CAL_OK;
}

enum cal_err
connection_mark_connected(struct tx *tx, const char *id, const char *grant_id)
{
	return tx_run(tx, STMT(STMT_CONNECTION_BIND, db_text(id),
	    db_text(grant_id)), NULL);
}

enum cal_err
connection_mark_disconnecting(struct tx *tx, const char *id, const char *reason)
{
	return tx_run(tx, STMT(STMT_CONNECTION_RELEASE, db_text(id),
	    db_text(reason)), NULL);
}

enum cal_err
connection_mark_disconnected(struct tx *tx, const char *id,
    const char **user_id, const char **reason, bool *erase)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_CONNECTION_SETTLE, db_text(id)), &rows);
	if (rc != CAL_OK)
		return rc;
	*user_id = db_cell(&rows, 0, 0);
	*reason = db_cell(&rows, 0, 1);
	*erase = db_cell_bool(&rows, 0, 2);
	return CAL_OK;
}

enum cal_err
connection_mark_broken(struct tx *tx, const char *id, const char *grant_id,
    const char *reason, const char **user_id)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_CONNECTION_BROKEN, db_text(id),
	    db_text(grant_id), db_text(reason)), &rows);
	if (rc == CAL_OK)
		*user_id = db_cell(&rows, 0, 0);
	return rc;
}

enum cal_err
connection_mark_mended(struct tx *tx, const char *id, const char *grant_id,
    const char **user_id)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_CONNECTION_MENDED, db_text(id),
	    db_text(grant_id)), &rows);
	if (rc == CAL_OK)
		*user_id = db_cell(&rows, 0, 0);
	return rc;
}

enum cal_err
connection_set_capability(struct tx *tx, const char *id, const char *grant_id,
    const char *capability)
{
	return tx_run(tx, STMT(STMT_CONNECTION_CAPABILITY, db_text(id),
	    db_text(capability), db_text(grant_id)), NULL);
}

enum cal_err
connection_add_left_behind(struct tx *tx, const char *id,
    const char *const *uris, const char *reason)
{
	return tx_run(tx, STMT(STMT_CONNECTION_LEFT_BEHIND, db_text(id),
	    db_texts(tx->mem, uris), db_text(reason)), NULL);
}

enum cal_err
connection_ask_erase(struct tx *tx, const char *id)
{
	return tx_run(tx, STMT(STMT_CONNECTION_ERASE_ASK, db_text(id)), NULL);
}

enum cal_err
connection_erase(struct tx *tx, const char *id)
{
	enum cal_err	 rc;

	rc = tx_run(tx, STMT(STMT_CONNECTION_ERASE, db_text(id)), NULL);
	if (rc != CAL_OK)
		return rc;
	return tx_run(tx, STMT(STMT_CONNECTION_FORGET, db_text(id)), NULL);
}
