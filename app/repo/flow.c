/*
 * flow: see flow.h.
 */
#include "app/domain/policy.h"
#include "app/repo/flow.h"
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/stmt.h"
#include "app/repo/tx.h"
#include "lib/db.h"

enum cal_err
oauth_state_add(struct tx *tx, const struct state_new *s)
{
	return tx_run(tx, STMT(STMT_STATE_ADD, db_text(s->id),
	    db_text(s->session_id), db_bytes(s->hash),
	    db_bytes(s->browser_hash), db_bytes(s->verifier_sealed),
	    db_int(tx->mem, STATES_MOST - 1),
	    db_int(tx->mem, POLICY_SESSION_MINUTES)), NULL);
}

static const struct row_column	oauth_state_columns[] = {
	COLUMN(struct oauth_state, id),
	COLUMN(struct oauth_state, tenant_id),
	COLUMN(struct oauth_state, session_id),
	COLUMN_AS("verifier", struct oauth_state, verifier_sealed),
	COLUMN(struct oauth_state, same_browser),
};
const struct row	oauth_state_row =
    ROW(struct oauth_state, oauth_state_columns);

enum cal_err
oauth_state_find(struct db *db, struct arena *mem, struct bytes hash,
    struct bytes browser_hash, struct oauth_state *st)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_STATE_FIND, db_bytes(hash),
	    db_bytes(browser_hash)), &rows);
	if (rc == CAL_OK)
		rc = row_read(mem, &rows, 0, &oauth_state_row, st);
	return rc;
}

enum cal_err
oauth_state_of_browser(struct tx *tx, const char *session_id,
    struct bytes browser_hash)
{
	struct db_rows	 rows;

	return tx_one(tx, STMT(STMT_STATE_OF_BROWSER, db_text(session_id),
	    db_bytes(browser_hash)), &rows);
}

/* The words in which the statement answers. */
static const char *const	turns[TURN__MAX] = {
	[TURN_OURS] = "ours",
	[TURN_BUSY] = "busy",
	[TURN_DONE] = "done",
	[TURN_EXPIRED] = "expired",
};
static const struct names	turn_names = NAMES("turn", turns);

enum cal_err
turn_take(struct tx *tx, const char *session_id, const char *owner, int seconds,
    enum turn *out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_TURN_TAKE, db_text(session_id),
	    db_text(owner), db_int(tx->mem, seconds)), &rows);
	if (rc == CAL_OK)
		rc = only_name(&rows, &turn_names, out);
	return rc;
}

enum cal_err
turn_give(struct tx *tx, const char *session_id, const char *owner)
{
	return tx_run(tx, STMT(STMT_TURN_GIVE, db_text(session_id),
	    db_text(owner)), NULL);
}

enum cal_err
code_add(struct tx *tx, struct bytes hash, const char *state_id, int most)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_CODE_ADD, db_bytes(hash), db_text(state_id),
	    db_int(tx->mem, most)), &rows);
	return rc == CAL_NOTFOUND ? CAL_CONFLICT : rc;
}

enum cal_err
code_end(struct tx *tx, struct bytes hash,
    enum session_result result)
{
	return tx_run(tx, STMT(STMT_CODE_END, db_bytes(hash),
	    db_text(session_result_name(result))), NULL);
}

enum cal_err
code_result(struct tx *tx, struct bytes hash,
    enum session_result *result)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	*result = RESULT_NONE;
	rc = tx_run(tx, STMT(STMT_CODE_RESULT, db_bytes(hash)), &rows);
	if (rc == CAL_OK && rows.n > 0)
		rc = only_name(&rows, &session_result_names, result);
	return rc;
}

enum cal_err
code_drop(struct tx *tx, struct bytes hash)
{
	return tx_run(tx, STMT(STMT_CODE_DROP, db_bytes(hash)), NULL);
}
