/*
 * grant: see grant.h.
 */
#include "app/domain/policy.h"
#include "app/repo/grant.h"
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/stmt.h"
#include "app/repo/tx.h"
#include "lib/db.h"

/* Runs a compare-and-swap; if it changes no row, another process was first. */
static enum cal_err
grant_swap(struct tx *tx, struct db_query q)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	if ((rc = tx_run(tx, q, &rows)) != CAL_OK)
		return rc;
	return rows.n == 0 ? CAL_CONFLICT : CAL_OK;
}

enum cal_err
grant_add(struct tx *tx, const char *id, const char *account_id,
    const char *user_uri, const char *organization_uri,
    const struct sealed_pair *pair)
{
	return tx_run(tx, STMT(STMT_GRANT_ADD, db_text(id), db_text(account_id),
	    db_text(user_uri), db_text(organization_uri),
	    db_texts(tx->mem, pair->scopes), db_bytes(pair->access),
	    db_int(tx->mem, pair->expires_in), db_bytes(pair->refresh)), NULL);
}

static const struct row_column	grant_columns[] = {
	COLUMN(struct grant, id),
	COLUMN(struct grant, connection_id),
	COLUMN(struct grant, account_id),
	COLUMN_NAME(struct grant, status, grant_status),
	COLUMN(struct grant, user_uri),
	COLUMN(struct grant, organization_uri),
	COLUMN(struct grant, email),
	COLUMN(struct grant, name),
	COLUMN(struct grant, timezone),
	COLUMN(struct grant, scopes),
	COLUMN(struct grant, generation),
	COLUMN(struct grant, access_sealed),
	COLUMN(struct grant, refresh_sealed),
	COLUMN(struct grant, access_seconds),
	COLUMN(struct grant, refreshing),
	COLUMN(struct grant, not_before_ms),
	COLUMN(struct grant, started),
	COLUMN(struct grant, probes),
	COLUMN(struct grant, fresh),
	COLUMN(struct grant, overdue),
	COLUMN(struct grant, access_expires_at),
	COLUMN(struct grant, access_life),
	COLUMN(struct grant, refusals),
	COLUMN(struct grant, refresh_left_ms),
};
const struct row	grant_row = ROW(struct grant, grant_columns);

enum cal_err
grant_load(struct tx *tx, const char *id, struct grant *g)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_GRANT_LOAD, db_text(id),
	    db_int(tx->mem, POLICY_FRESH)), &rows);
	if (rc == CAL_OK)
		rc = row_read(tx->mem, &rows, 0, &grant_row, g);
	return rc;
}

enum cal_err
grant_identify(struct tx *tx, const struct grant *g)
{
	return tx_run(tx, STMT(STMT_GRANT_IDENTIFY, db_text(g->id),
	    db_text(g->user_uri), db_text(g->organization_uri),
	    db_text(g->email), db_text(g->name), db_text(g->timezone)), NULL);
}

enum cal_err
grant_move(struct tx *tx, const struct grant *g, const char *organization_uri)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_GRANT_MOVE, db_text(g->id),
	    db_text(g->organization_uri), db_text(organization_uri)), &rows);
	return rc == CAL_NOTFOUND ? CAL_CONFLICT : rc;
}

enum cal_err
grant_bind(struct tx *tx, const char *id, const char *connection_id)
{
	return grant_swap(tx, STMT(STMT_GRANT_BIND, db_text(id),
	    db_text(connection_id)));
}

/* Both statements that store a new pair take the same six arguments. */
static enum cal_err
write_pair(struct tx *tx, int stmt, const char *id, int64_t generation,
    const struct sealed_pair *pair)
{
	return grant_swap(tx, DB_QUERY(stmt, db_text(id), db_int(tx->mem,
	    generation), db_bytes(pair->access), db_int(tx->mem,
	    pair->expires_in), db_bytes(pair->refresh), db_texts(tx->mem,
	    pair->scopes)));
}

enum cal_err
grant_replace_tokens(struct tx *tx, const char *id, int64_t generation,
    const struct sealed_pair *pair)
{
	return write_pair(tx, STMT_GRANT_REPLACE_TOKENS, id, generation, pair);
}

enum cal_err
grant_drop_pending(struct tx *tx, const char *id)
{
	return grant_swap(tx, STMT(STMT_GRANT_DROP_PENDING, db_text(id)));
}

enum cal_err
grant_mark_teardown(struct tx *tx, const char *id)
{
	return grant_swap(tx, STMT(STMT_GRANT_TEARDOWN, db_text(id),
	    db_int(tx->mem, POLICY_TEARDOWN)));
}

enum cal_err
grant_erase(struct tx *tx, const char *id, int64_t generation)
{
	return grant_swap(tx, STMT(STMT_GRANT_ERASE, db_text(id),
	    db_int(tx->mem, generation)));
}

enum cal_err
lease_take(struct tx *tx, const struct grant *g, const char *owner, int seconds,
    int grace)
{
	return grant_swap(tx, STMT(STMT_LEASE_TAKE, db_text(g->id),
	    db_int(tx->mem, g->generation), db_text(owner),
	    db_int(tx->mem, seconds), db_int(tx->mem, grace)));
}

enum cal_err
lease_commit(struct tx *tx, const char *id, int64_t generation,
    const struct sealed_pair *pair)
{
	return write_pair(tx, STMT_LEASE_COMMIT, id, generation, pair);
}

enum cal_err
lease_keep_reply(struct tx *tx, const char *id, int64_t generation,
    struct bytes sealed)
{
	return grant_swap(tx, STMT(STMT_LEASE_KEEP_REPLY, db_text(id),
	    db_int(tx->mem, generation), db_bytes(sealed)));
}

enum cal_err
lease_defer(struct tx *tx, const struct grant *g, const char *owner,
    int64_t pause_ms, bool definite)
{
	return grant_swap(tx, STMT(STMT_LEASE_DEFER, db_text(g->id),
	    db_text(owner), db_int(tx->mem, pause_ms), db_bool(definite),
	    db_bool(g->started)));
}

enum cal_err
lease_note_refusal(struct tx *tx, const struct grant *g, const char *owner,
    int64_t pause_ms, bool *lasting)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_run(tx, STMT(STMT_LEASE_NOTE_REFUSAL, db_text(g->id),
	    db_text(owner), db_int(tx->mem, pause_ms), db_bool(g->started),
	    db_int(tx->mem, POLICY_REFUSALS_LASTING)), &rows);
	if (rc != CAL_OK)
		return rc;
	if (rows.n == 0)
		return CAL_CONFLICT;
	*lasting = only_bool(&rows);
	return CAL_OK;
}

enum cal_err
grant_mark_refused(struct tx *tx, const char *id, int64_t generation)
{
	return grant_swap(tx, STMT(STMT_GRANT_MARK_REFUSED, db_text(id),
	    db_int(tx->mem, generation)));
}

enum cal_err
lease_refused(struct tx *tx, const char *id, int64_t generation, bool *probed)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_run(tx, STMT(STMT_LEASE_REFUSED, db_text(id),
	    db_int(tx->mem, generation)), &rows);
	if (rc != CAL_OK)
		return rc;
	if (rows.n == 0)
		return CAL_CONFLICT;
	*probed = only_bool(&rows);
	return CAL_OK;
}

enum cal_err
work_take(struct tx *tx, const char *grant_id, const char *owner, int seconds,
    int64_t *fence)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_run(tx, STMT(STMT_WORK_TAKE, db_text(grant_id), db_text(owner),
	    db_int(tx->mem, seconds)), &rows);
	if (rc != CAL_OK)
		return rc;
	if (rows.n == 0)
		return CAL_CONFLICT;
	*fence = only_int(&rows);
	return CAL_OK;
}

enum cal_err
work_hold(struct tx *tx, const char *grant_id,
    int64_t fence, int seconds, enum grant_status status)
{
	return grant_swap(tx, STMT(STMT_WORK_HOLD, db_text(grant_id),
	    db_int(tx->mem, fence), db_int(tx->mem, seconds),
	    db_text(grant_status_name(status))));
}

enum cal_err
work_drop(struct tx *tx, const char *grant_id, int64_t fence)
{
	return tx_run(tx, STMT(STMT_WORK_DROP, db_text(grant_id),
	    db_int(tx->mem, fence)), NULL);
}
