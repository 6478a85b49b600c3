/*
 * subscription: see subscription.h.
 */
#include "app/domain/policy.h"
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/stmt.h"
#include "app/repo/subscription.h"
#include "app/repo/tx.h"
#include "app/repo/upkeep.h"
#include "lib/db.h"

enum cal_err
subscription_add(struct tx *tx, const struct subscription_intent *h,
    const char **subscription_id, const char **endpoint_id)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_ENDPOINT_ADD, db_bytes(h->hash),
	    db_text(h->connection_id), db_text(h->grant_id)), &rows);
	if (rc != CAL_OK)
		return rc;
	*endpoint_id = only_text(&rows);
	rc = tx_one(tx, STMT(STMT_SUBSCRIPTION_ADD, db_text(h->grant_id),
	    db_text(*endpoint_id), db_text(h->organization_uri),
	    db_texts(tx->mem, h->events), db_bytes(h->wish)), &rows);
	if (rc == CAL_OK)
		*subscription_id = only_text(&rows);
	return rc;
}

static const struct row_column	known_columns[] = {
	COLUMN(struct known, endpoint_id),
	COLUMN(struct known, hash),
	COLUMN_NAME(struct known, endpoint_state, endpoint_state),
	COLUMN(struct known, subscription_id),
	COLUMN(struct known, uri),
	COLUMN_NAME(struct known, state, subscription_state),
	COLUMN(struct known, organization_uri),
	COLUMN(struct known, other_uris),
	COLUMN(struct known, callback_hash),
	COLUMN(struct known, wish),
	COLUMN(struct known, refused),
	COLUMN(struct known, drains),
	COLUMN(struct known, drain_left),
	COLUMN(struct known, missing_for),
	COLUMN(struct known, unconfirmed),
};
const struct row	known_row = ROW(struct known, known_columns);

enum cal_err
subscription_known(struct tx *tx, const char *grant_id, struct known **out,
    int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_run(tx, STMT(STMT_ENDPOINT_LIST, db_text(grant_id),
	    db_int(tx->mem, POLICY_RETRIED),
	    db_int(tx->mem, POLICY_ENDPOINTS_MOST)), &rows);
	if (rc == CAL_OK)
		rc = row_list(tx->mem, &rows, &known_row, out, n);
	return rc;
}

enum cal_err
subscription_activate(struct tx *tx, const char *grant_id,
    const char *subscription_id, const char *uri, const char *organization_uri,
    const char *const *events)
{
	enum cal_err	 rc;

	rc = tx_run(tx, STMT(STMT_SUBSCRIPTION_SUPERSEDE, db_text(grant_id),
	    db_text(subscription_id)), NULL);
	if (rc != CAL_OK)
		return rc;
	return tx_run(tx, STMT(STMT_SUBSCRIPTION_ACTIVATE,
	    db_text(subscription_id), db_text(uri), db_text(organization_uri),
	    db_texts(tx->mem, events)), NULL);
}

enum cal_err
subscription_mark_gone(struct tx *tx, const char *subscription_id,
    const char *uri)
{
	return tx_run(tx, STMT(STMT_SUBSCRIPTION_GONE, db_text(subscription_id),
	    db_text(uri), db_int(tx->mem, POLICY_RETRIED),
	    db_int(tx->mem, POLICY_DRAINED)), NULL);
}

enum cal_err
endpoint_set_key(struct tx *tx, const char *endpoint_id, struct bytes sealed)
{
	return tx_run(tx, STMT(STMT_ENDPOINT_KEY, db_text(endpoint_id),
	    db_bytes(sealed)), NULL);
}

enum cal_err
endpoints_retire(struct tx *tx, const char *grant_id)
{
	return tx_run(tx, STMT(STMT_ENDPOINTS_RETIRE, db_text(grant_id)), NULL);
}

enum cal_err
subscription_uris(struct tx *tx, const char *grant_id, const char *unnamed,
    const char *const **out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_run(tx, STMT(STMT_SUBSCRIPTION_LIST, db_text(grant_id),
	    db_text(unnamed)), &rows);
	if (rc == CAL_OK)
		*out = only_texts(tx->mem, &rows);
	return rc;
}
