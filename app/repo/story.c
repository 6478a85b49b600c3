/*
 * story: see story.h.
 */
#include "app/repo/stmt.h"
#include "app/repo/story.h"
#include "app/repo/tx.h"
#include "lib/db.h"

enum cal_err
session_step_add(struct tx *tx, const char *session_id, const char *request_id,
    const char *step, const char *detail)
{
	return tx_run(tx, STMT(STMT_STEP_ADD, db_text(session_id),
	    db_text(request_id), db_text(step), db_text(detail),
	    db_int(tx->mem, SESSION_STEP_MOST)), NULL);
}
