/*
 * upkeep: see upkeep.h.
 */
#include "app/domain/policy.h"
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/stmt.h"
#include "app/repo/subscription.h"
#include "app/repo/tx.h"
#include "app/repo/upkeep.h"
#include "lib/arena.h"
#include "lib/db.h"

enum cal_err
subscription_set_uris(struct tx *tx, const char *id, const char *uri,
    const char *const *others, const char *gone)
{
	return tx_run(tx, STMT(STMT_SUBSCRIPTION_URIS, db_text(id),
	    db_text(uri), db_texts(tx->mem, others), db_text(gone)), NULL);
}

enum cal_err
subscription_drain(struct tx *tx, const char *id)
{
	return tx_run(tx, STMT(STMT_SUBSCRIPTION_DRAIN, db_text(id)), NULL);
}

enum cal_err
subscription_set_missing(struct tx *tx, const char *id, bool missing)
{
	return tx_run(tx, STMT(STMT_SUBSCRIPTION_MISSING, db_text(id),
	    db_bool(missing)), NULL);
}

enum cal_err
subscription_set_callback(struct tx *tx, const char *id, struct bytes hash)
{
	return tx_run(tx, STMT(STMT_SUBSCRIPTION_CALLBACK, db_text(id),
	    db_bytes(hash)), NULL);
}

static const struct row_column	subscription_tries_columns[] = {
	COLUMN(struct subscription_tries, n),
	COLUMN(struct subscription_tries, age),
};
const struct row	subscription_tries_row =
    ROW(struct subscription_tries, subscription_tries_columns);

enum cal_err
subscription_tried(struct tx *tx, const char *grant_id,
    struct bytes wish, struct subscription_tries *out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_SUBSCRIPTION_TRIED, db_text(grant_id),
	    db_bytes(wish)), &rows);
	if (rc == CAL_OK)
		rc = row_read(tx->mem, &rows, 0, &subscription_tries_row, out);
	return rc;
}

enum cal_err
subscription_mark_sound(struct tx *tx, const char *grant_id)
{
	return tx_run(tx, STMT(STMT_SUBSCRIPTION_SOUND, db_text(grant_id)),
	    NULL);
}

enum cal_err
subscription_set_trouble(struct tx *tx,
    const char *grant_id, enum subscription_trouble trouble, bool *news)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_run(tx, STMT(STMT_SUBSCRIPTION_TROUBLE, db_text(grant_id),
	    db_text(subscription_trouble_name(trouble))), &rows);
	*news = rc == CAL_OK && rows.n > 0;
	return rc;
}

enum cal_err
connection_check_within(struct tx *tx, const char *id, const char *grant_id,
    int seconds)
{
	return tx_run(tx, STMT(STMT_CONNECTION_CHECK_WITHIN, db_text(id),
	    db_text(grant_id), db_int(tx->mem, seconds)), NULL);
}

enum cal_err
endpoint_known(struct db *db, struct arena *mem, struct bytes hash,
    bool *known)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_ENDPOINT_KNOWN, db_bytes(hash)), &rows);
	*known = rc == CAL_OK && only_bool(&rows);
	return rc;
}

static const struct row_column	adopted_columns[] = {
	COLUMN(struct known, subscription_id),
	COLUMN(struct known, endpoint_id),
	COLUMN_NAME(struct known, endpoint_state, endpoint_state),
};
const struct row	adopted_row = ROW(struct known, adopted_columns);

enum cal_err
subscription_adopt(struct tx *tx, const struct subscription_intent *n,
    const char *uri, struct known *h)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_SUBSCRIPTION_ADOPT, db_bytes(n->hash),
	    db_text(n->connection_id), db_text(n->grant_id),
	    db_text(n->organization_uri), db_texts(tx->mem, n->events),
	    db_text(uri)), &rows);
	if (rc != CAL_OK ||
	    (rc = row_read(tx->mem, &rows, 0, &adopted_row, h)) != CAL_OK)
		return rc;
	h->hash = n->hash;
	h->uri = uri;
	h->state = SUBSCRIPTION_REPLACED;
	h->organization_uri = n->organization_uri;
	h->drains = true;
	h->drain_left = POLICY_RETRIED;
	h->missing_for = -1;
	return CAL_OK;
}
