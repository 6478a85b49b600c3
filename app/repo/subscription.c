/*
 * subscription: see subscription.h.
 */
#include "app/repo/stmt.h"
#include "app/repo/subscription.h"
#include "app/repo/tx.h"
#include "app/repo/upkeep.h"
#include "lib/arena.h"
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
	*endpoint_id = db_cell(&rows, 0, 0);
	rc = tx_one(tx, STMT(STMT_SUBSCRIPTION_ADD, db_text(h->grant_id),
	    db_text(*endpoint_id), db_text(h->organization_uri),
	    db_texts(tx->mem, h->events), db_bytes(h->wish)), &rows);
	if (rc == CAL_OK)
		*subscription_id = db_cell(&rows, 0, 0);
	return rc;
}

static struct known
known_from_row(struct arena *mem, const struct db_rows *rows, int i)
{
	return (struct known){
		.endpoint_id = db_cell(rows, i, 0),
		.hash = db_cell_bytes(mem, rows, i, 1),
		.endpoint_state = db_cell(rows, i, 2),
		.subscription_id = db_cell(rows, i, 3),
		.uri = db_cell(rows, i, 4),
		.state = db_cell(rows, i, 5),
		.organization_uri = db_cell(rows, i, 6),
		.other_uris = db_cell_texts(mem, rows, i, 7),
		.callback_hash = db_cell_bytes(mem, rows, i, 8),
		.wish = db_cell_bytes(mem, rows, i, 9),
		.refused = db_cell_bool(rows, i, 10),
		.drains = db_cell_bool(rows, i, 11),
		.drain_left = db_cell_int(rows, i, 12),
		.missing_for = db_cell_int(rows, i, 13),
		.unconfirmed = db_cell_bool(rows, i, 14),
	};
}

enum cal_err
subscription_known(struct tx *tx, const char *grant_id, struct known **out,
    int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;
	int		 i;

	rc = tx_run(tx, STMT(STMT_ENDPOINT_LIST, db_text(grant_id),
	    db_int(tx->mem, DRAIN_SECONDS)), &rows);
	if (rc != CAL_OK)
		return rc;
	*out = arena_array(tx->mem, (size_t)rows.n, sizeof(**out));
	for (i = 0; i < rows.n; i++)
		(*out)[i] = known_from_row(tx->mem, &rows, i);
	*n = rows.n;
	return CAL_OK;
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
	    db_text(uri), db_int(tx->mem, DRAIN_SECONDS)), NULL);
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
	const char	**list;
	enum cal_err	 rc;
	int		 i;

	rc = tx_run(tx, STMT(STMT_SUBSCRIPTION_LIST, db_text(grant_id),
	    db_text(unnamed)), &rows);
	if (rc != CAL_OK)
		return rc;
	list = arena_array(tx->mem, (size_t)rows.n + 1, sizeof(*list));
	for (i = 0; i < rows.n; i++)
		list[i] = db_cell(&rows, i, 0);
	*out = list;
	return CAL_OK;
}
