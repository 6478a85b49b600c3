/*
 * destination: see destination.h.
 */
#include <stddef.h>

#include "app/repo/destination.h"
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/stmt.h"
#include "app/repo/tx.h"
#include "lib/arena.h"
#include "lib/db.h"

enum { LIST_COUNTED = 1000 };	/* a list counts each one's pushes up to this */

static const struct row_column	destination_columns[] = {
	COLUMN(struct destination, id),
	COLUMN(struct destination, url),
	COLUMN(struct destination, description),
	COLUMN(struct destination, types),
	COLUMN(struct destination, user_id),
	COLUMN(struct destination, headers_sealed),
	COLUMN(struct destination, secret_sealed),
	COLUMN(struct destination, former_sealed),
	COLUMN(struct destination, former_until),
	COLUMN_NAME(struct destination, state, destination_state),
	COLUMN_NAME(struct destination, reason, destination_reason),
	COLUMN(struct destination, state_at),
	COLUMN(struct destination, version),
	COLUMN(struct destination, cursor),
	COLUMN(struct destination, head),
	COLUMN(struct destination, failures),
	COLUMN(struct destination, is_open),
	COLUMN(struct destination, not_before),
	COLUMN(struct destination, failing_since),
	COLUMN(struct destination, success_at),
	COLUMN(struct destination, failure_at),
	COLUMN(struct destination, failure),
	COLUMN(struct destination, waiting),
	COLUMN(struct destination, held),
	COLUMN(struct destination, dead),
	COLUMN(struct destination, missed_from),
	COLUMN(struct destination, missed_to),
	COLUMN(struct destination, created_at),
	COLUMN(struct destination, updated_at),
};
const struct row	destination_row =
    ROW(struct destination, destination_columns);

enum cal_err
destination_add(struct tx *tx, const struct destination_new *d)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_DESTINATION_ADD, db_text(d->id),
	    db_text(d->url), db_text(d->description),
	    db_texts(tx->mem, d->types), db_text(d->user_id),
	    db_bytes(d->headers_sealed), db_bytes(d->secret_sealed),
	    db_bool(d->from_oldest), db_int(tx->mem, DESTINATIONS_MOST)),
	    &rows);
	if (rc == CAL_OK && !only_bool(&rows))
		rc = CAL_CONFLICT;
	return rc;
}

enum cal_err
destination_find(struct tx *tx, const char *id, struct destination *out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_DESTINATION_FIND,
	    db_int(tx->mem, DESTINATION_COUNTED), db_text(id)), &rows);
	if (rc == CAL_OK)
		rc = row_read(tx->mem, &rows, 0, &destination_row, out);
	return rc;
}

enum cal_err
destination_lock(struct tx *tx, const char *id, struct destination *out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_DESTINATION_HOLD, db_text(id)), &rows);
	if (rc == CAL_OK && !only_bool(&rows))
		rc = CAL_NOTFOUND;
	return rc == CAL_OK ? destination_find(tx, id, out) : rc;
}

enum cal_err
destination_list(struct tx *tx, const char *after, int limit,
    struct destination **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_run(tx, STMT(STMT_DESTINATION_LIST,
	    db_int(tx->mem, LIST_COUNTED), db_text(after),
	    db_int(tx->mem, limit)), &rows);
	if (rc == CAL_OK)
		rc = row_list(tx->mem, &rows, &destination_row, out, n);
	return rc;
}

enum cal_err
destination_change(struct tx *tx, const char *id,
    const struct destination_change *c)
{
	const bool	 afresh = c->url != NULL ||
			    c->state == DESTINATION_ACTIVE;
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_DESTINATION_CHANGE, db_text(id),
	    db_text(c->url), db_text(c->description),
	    c->types == NULL ? db_null() : db_texts(tx->mem, c->types),
	    db_bool(c->set_user), db_text(c->user_id), db_bool(c->set_headers),
	    db_bytes(c->headers_sealed),
	    db_text(destination_state_name(c->state)), db_bool(afresh)), &rows);
	if (rc == CAL_OK && only_int(&rows) == 0)
		rc = CAL_CONFLICT;
	return rc;
}

enum cal_err
destination_remove(struct tx *tx, const char *id)
{
	struct db_rows	 rows;

	return tx_one(tx, STMT(STMT_DESTINATION_REMOVE, db_text(id)), &rows);
}

enum cal_err
destination_rotate(struct tx *tx, const char *id, struct bytes fresh,
    struct bytes former, int seconds)
{
	struct db_rows	 rows;

	return tx_one(tx, STMT(STMT_DESTINATION_ROTATE, db_text(id),
	    db_bytes(fresh), db_bytes(former), db_int(tx->mem, seconds)),
	    &rows);
}

enum cal_err
destination_set_state(struct tx *tx, const char *id, int64_t version,
    enum destination_state state, enum destination_reason reason)
{
	struct db_rows	 rows;

	return tx_one(tx, STMT(STMT_DESTINATION_STATE, db_text(id),
	    db_int(tx->mem, version), db_text(destination_state_name(state)),
	    db_text(destination_reason_name(reason))), &rows);
}

enum cal_err
destination_set_told(struct tx *tx, const char *id, int64_t version,
    bool failing)
{
	struct db_rows	 rows;

	return tx_one(tx, STMT(STMT_DESTINATION_TOLD, db_text(id),
	    db_int(tx->mem, version), db_bool(failing)), &rows);
}

enum cal_err
destination_missed(struct tx *tx, const char *id, int64_t from, int64_t to,
    int64_t *ended)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_DESTINATION_MISSED, db_text(id),
	    db_int(tx->mem, from), db_int(tx->mem, to)), &rows);
	if (rc == CAL_OK)
		*ended = only_int(&rows);
	return rc;
}
