/*
 * flow: see flow.h.
 */
#include <string.h>

#include "app/repo/flow.h"
#include "app/repo/stmt.h"
#include "app/repo/tx.h"
#include "lib/db.h"

enum cal_err
oauth_state_add(struct tx *tx, const struct state_new *s)
{
	return tx_run(tx, STMT(STMT_STATE_ADD, db_text(s->id),
	    db_text(s->session_id), db_bytes(s->hash),
	    db_bytes(s->browser_hash), db_bytes(s->verifier_sealed),
	    db_int(tx->mem, STATES_MOST - 1)), NULL);
}

enum cal_err
oauth_state_find(struct db *db, struct arena *mem, struct bytes hash,
    struct bytes browser_hash, struct oauth_state *st)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_STATE_FIND, db_bytes(hash),
	    db_bytes(browser_hash)), &rows);
	if (rc != CAL_OK)
		return rc;
	st->id = db_cell(&rows, 0, 0);
	st->tenant_id = db_cell(&rows, 0, 1);
	st->session_id = db_cell(&rows, 0, 2);
	st->verifier_sealed = db_cell_bytes(mem, &rows, 0, 3);
	st->same_browser = db_cell_bool(&rows, 0, 4);
	return CAL_OK;
}

enum cal_err
oauth_state_of_browser(struct tx *tx, const char *session_id,
    struct bytes browser_hash)
{
	struct db_rows	 rows;

	return tx_one(tx, STMT(STMT_STATE_OF_BROWSER, db_text(session_id),
	    db_bytes(browser_hash)), &rows);
}

static enum turn
turn_from_text(const char *word)
{
	if (strcmp(word, "ours") == 0)
		return TURN_OURS;
	if (strcmp(word, "done") == 0)
		return TURN_DONE;
	return strcmp(word, "expired") == 0 ? TURN_EXPIRED : TURN_BUSY;
}

enum cal_err
turn_take(struct tx *tx, const char *session_id, const char *owner, int seconds,
    enum turn *out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_TURN_TAKE, db_text(session_id),
	    db_text(owner), db_int(tx->mem, seconds)), &rows);
	if (rc == CAL_OK)
		*out = turn_from_text(db_cell(&rows, 0, 0));
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
code_end(struct tx *tx, struct bytes hash, const char *result)
{
	return tx_run(tx, STMT(STMT_CODE_END, db_bytes(hash), db_text(result)),
	    NULL);
}

enum cal_err
code_result(struct tx *tx, struct bytes hash, const char **result)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	*result = NULL;
	rc = tx_run(tx, STMT(STMT_CODE_RESULT, db_bytes(hash)), &rows);
	if (rc == CAL_OK && rows.n > 0)
		*result = db_cell(&rows, 0, 0);
	return rc;
}

enum cal_err
code_drop(struct tx *tx, struct bytes hash)
{
	return tx_run(tx, STMT(STMT_CODE_DROP, db_bytes(hash)), NULL);
}
