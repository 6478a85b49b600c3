/*
 * connection: see connection.h.
 */
#include "app/repo/connection.h"
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/stmt.h"
#include "app/repo/tx.h"
#include "lib/arena.h"
#include "lib/db.h"

static const struct row_column	connection_columns[] = {
	COLUMN(struct connection, id),
	COLUMN(struct connection, user_id),
	COLUMN_NAME(struct connection, status, connection_status),
	COLUMN(struct connection, grant_id),
	COLUMN(struct connection, left),
};
const struct row	connection_row =
    ROW(struct connection, connection_columns);

/* The columns that fill the member "sync" have their names behind "sync_". */
#define SYNC_COLUMN(member)						\
	COLUMN_AS("sync_" #member, struct connection_view, sync.member)
#define SYNC_NAME(member, noun)						\
	COLUMN_NAME_AS("sync_" #member, struct connection_view,		\
	    sync.member, noun)

static const struct row_column	connection_view_columns[] = {
	COLUMN(struct connection_view, id),
	COLUMN(struct connection_view, user_id),
	COLUMN_NAME(struct connection_view, status, connection_status),
	COLUMN_NAME(struct connection_view, reason, connection_reason),
	COLUMN_NAME(struct connection_view, capability, capability),
	COLUMN(struct connection_view, left_behind),
	COLUMN(struct connection_view, connected_at),
	COLUMN(struct connection_view, updated_at),
	COLUMN(struct connection_view, grant_id),
	COLUMN(struct connection_view, user_uri),
	COLUMN(struct connection_view, organization_uri),
	COLUMN(struct connection_view, email),
	COLUMN(struct connection_view, name),
	COLUMN(struct connection_view, timezone),
	COLUMN(struct connection_view, scopes),
	COLUMN(struct connection_view, webhook_uri),
	COLUMN_NAME(struct connection_view, webhook_state, webhook_state),
	COLUMN(struct connection_view, webhook_events),
	COLUMN(struct connection_view, last_event_at),
	COLUMN(struct connection_view, webhook_verified),
	COLUMN_NAME(struct connection_view, trouble, subscription_trouble),
	SYNC_NAME(state, sync_state),
	SYNC_NAME(purpose, sync_purpose),
	SYNC_NAME(phase, sync_phase),
	SYNC_COLUMN(events),
	SYNC_COLUMN(events_done),
	SYNC_COLUMN(invitees),
	SYNC_COLUMN(unread),
	SYNC_COLUMN(from),
	SYNC_COLUMN(started_at),
	SYNC_COLUMN(eta),
	SYNC_COLUMN(last_complete_at),
	SYNC_COLUMN(as_of),
	SYNC_COLUMN(next_at),
	SYNC_NAME(trouble, sync_trouble),
	SYNC_NAME(fed_by, fed_by),
	SYNC_COLUMN(missed_by_webhook),
	SYNC_COLUMN(missed_by_poll),
};
const struct row	connection_view_row =
    ROW(struct connection_view, connection_view_columns);

static const struct row_column	connection_ended_columns[] = {
	COLUMN(struct connection_ended, user_id),
	COLUMN_NAME(struct connection_ended, reason, connection_reason),
	COLUMN(struct connection_ended, erase),
	COLUMN(struct connection_ended, left),
};
const struct row	connection_ended_row =
    ROW(struct connection_ended, connection_ended_columns);

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
		rc = row_read(tx->mem, &rows, 0, &connection_row, c);
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
		rc = row_read(tx->mem, &rows, 0, &connection_view_row, v);
	return rc;
}

enum cal_err
connection_list(struct tx *tx,
    enum connection_status status, const char *after, int limit,
    struct connection_view **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_run(tx, STMT(STMT_CONNECTION_LIST,
	    db_text(connection_status_name(status)), db_text(after),
	    db_int(tx->mem, limit)), &rows);
	if (rc == CAL_OK)
		rc = row_list(tx->mem, &rows, &connection_view_row, out, n);
	return rc;
}

enum cal_err
connection_mark_connected(struct tx *tx, const char *id, const char *grant_id)
{
	return tx_run(tx, STMT(STMT_CONNECTION_BIND, db_text(id),
	    db_text(grant_id)), NULL);
}

enum cal_err
connection_mark_disconnecting(struct tx *tx, const char *id,
    enum connection_reason reason)
{
	return tx_run(tx, STMT(STMT_CONNECTION_RELEASE, db_text(id),
	    db_text(connection_reason_name(reason))), NULL);
}

enum cal_err
connection_mark_disconnected(struct tx *tx, const char *id,
    struct connection_ended *out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_CONNECTION_SETTLE, db_text(id)), &rows);
	if (rc == CAL_OK)
		rc = row_read(tx->mem, &rows, 0, &connection_ended_row, out);
	return rc;
}

enum cal_err
connection_mark_broken(struct tx *tx, const char *id,
    const char *grant_id, enum connection_reason reason, const char **user_id)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_CONNECTION_BROKEN, db_text(id),
	    db_text(grant_id), db_text(connection_reason_name(reason))), &rows);
	if (rc == CAL_OK)
		*user_id = only_text(&rows);
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
		*user_id = only_text(&rows);
	return rc;
}

enum cal_err
connection_set_capability(struct tx *tx, const char *id,
    const char *grant_id, enum capability capability)
{
	return tx_run(tx, STMT(STMT_CONNECTION_CAPABILITY, db_text(id),
	    db_text(capability_name(capability)), db_text(grant_id)), NULL);
}

enum cal_err
connection_add_left_behind(struct tx *tx, const char *id,
    const char *const *uris, enum connection_reason reason)
{
	return tx_run(tx, STMT(STMT_CONNECTION_LEFT_BEHIND, db_text(id),
	    db_texts(tx->mem, uris), db_text(connection_reason_name(reason))),
	    NULL);
}

enum cal_err
connection_ask_erase(struct tx *tx, const char *id)
{
	return tx_run(tx, STMT(STMT_CONNECTION_ERASE_ASK, db_text(id)), NULL);
}

enum cal_err
connection_note_left(struct tx *tx, const char *id, const char *const **what)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_run(tx, STMT(STMT_CONNECTION_NOTE_LEFT, db_text(id)), &rows);
	if (rc == CAL_OK)
		*what = only_texts(tx->mem, &rows);
	return rc;
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
