/*
 * job: see job.h.
 */
#include "app/repo/job.h"
#include "app/repo/stmt.h"
#include "app/repo/tx.h"
#include "lib/arena.h"
#include "lib/db.h"

enum cal_err
job_enqueue(struct tx *tx, const char *kind, const char *subject,
    int delay_seconds)
{
	return tx_run(tx, STMT(STMT_JOB_ENQUEUE, db_text(kind),
	    db_text(subject), db_int(tx->mem, delay_seconds)), NULL);
}

enum cal_err
job_drop(struct tx *tx, const char *kind, const char *subject)
{
	return tx_run(tx, STMT(STMT_JOB_DROP, db_text(kind), db_text(subject)),
	    NULL);
}

enum cal_err
job_claim(struct db *db, struct arena *mem, struct job_wish *w,
    struct job *j)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_JOB_CLAIM, db_text(w->owner),
	    db_int(mem, w->seconds), db_bool(w->slow), db_bool(w->newest),
	    db_int(mem, w->after)), &rows);
	if (rc != CAL_OK)
		return rc;
	w->after = db_cell_int(&rows, 0, 8);
	if (db_cell_null(&rows, 0, 0))
		return CAL_CONFLICT;
	j->id = db_cell(&rows, 0, 0);
	j->tenant_id = db_cell(&rows, 0, 1);
	j->kind = db_cell(&rows, 0, 2);
	j->subject = db_cell(&rows, 0, 3);
	j->attempt = db_cell_int(&rows, 0, 4);
	j->wanted = db_cell_int(&rows, 0, 5);
	j->tries = (int)db_cell_int(&rows, 0, 6);
	j->account_id = db_cell(&rows, 0, 7);
	return CAL_OK;
}

/* All ways to end a claim say whether it was still ours. */
static enum cal_err
end_claim(struct db *db, struct arena *mem, struct db_query q)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	if ((rc = db_one(db, mem, q, &rows)) != CAL_OK)
		return rc;
	return db_cell_bool(&rows, 0, 0) ? CAL_OK : CAL_CONFLICT;
}

enum cal_err
job_finish(struct db *db, struct arena *mem, const struct job *j)
{
	return end_claim(db, mem, STMT(STMT_JOB_FINISH, db_text(j->id),
	    db_int(mem, j->attempt), db_int(mem, j->wanted)));
}

enum cal_err
job_fail(struct db *db, struct arena *mem, const struct job *j,
    int64_t pause_ms, bool park, const char *error)
{
	return end_claim(db, mem, STMT(STMT_JOB_FAIL, db_text(j->id),
	    db_int(mem, j->attempt), db_int(mem, j->wanted),
	    db_int(mem, pause_ms), db_bool(park), db_text(error)));
}

enum cal_err
job_renew(struct db *db, struct arena *mem, const char *owner, int seconds)
{
	return db_run(db, mem, STMT(STMT_JOB_RENEW, db_text(owner),
	    db_int(mem, seconds)), NULL);
}

enum cal_err
job_put_back(struct db *db, struct arena *mem, const struct job *j,
    int64_t pause_ms, bool slow, const char *why)
{
	return end_claim(db, mem, STMT(STMT_JOB_PUT_BACK, db_text(j->id),
	    db_int(mem, j->attempt), db_int(mem, pause_ms), db_bool(slow),
	    db_text(why)));
}

enum cal_err
api_call_add(struct db *db, struct arena *mem, const char *tenant_id,
    const char *connection_id, const struct api_call *c)
{
	return db_run(db, mem, STMT(STMT_API_CALL_ADD, db_text(tenant_id),
	    db_text(connection_id), db_text(c->session_id),
	    db_text(c->request_id), db_text(c->purpose), db_text(c->method),
	    db_text(c->path), db_text(c->status), db_text(c->error),
	    db_text(c->duration_ms), db_text(c->reply)), NULL);
}

enum cal_err
api_call_claim(struct tx *tx, const char *connection_id, const char *request_id)
{
	return tx_run(tx, STMT(STMT_API_CALL_CLAIM, db_text(connection_id),
	    db_text(request_id)), NULL);
}

static void
api_call_from_row(const struct db_rows *rows, int i, struct api_call *c)
{
	c->id = db_cell(rows, i, 0);
	c->at = db_cell(rows, i, 1);
	c->request_id = db_cell(rows, i, 2);
	c->purpose = db_cell(rows, i, 3);
	c->method = db_cell(rows, i, 4);
	c->path = db_cell(rows, i, 5);
	c->status = db_cell(rows, i, 6);
	c->error = db_cell(rows, i, 7);
	c->duration_ms = db_cell(rows, i, 8);
	c->reply = db_cell(rows, i, 9);
	c->note = db_cell(rows, i, 10);
}

enum cal_err
api_call_note(struct tx *tx, const char *request_id, const char *purpose,
    const char *note)
{
	return tx_run(tx, STMT(STMT_API_CALL_NOTE, db_text(request_id),
	    db_text(purpose), db_text(note)), NULL);
}

enum cal_err
api_call_list(struct tx *tx, const char *connection_id, const char *before,
    int limit, struct api_call **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;
	int		 i;

	rc = tx_run(tx, STMT(STMT_API_CALL_LIST, db_text(connection_id),
	    db_text(before), db_int(tx->mem, limit)), &rows);
	if (rc != CAL_OK)
		return rc;
	*out = arena_array(tx->mem, (size_t)rows.n, sizeof(**out));
	for (i = 0; i < rows.n; i++)
		api_call_from_row(&rows, i, &(*out)[i]);
	*n = rows.n;
	return CAL_OK;
}

enum cal_err
checks_ask(struct db *db, struct arena *mem, int most, int64_t *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_CHECKS_ASK, db_int(mem, most)), &rows);
	if (rc == CAL_OK)
		*n = db_cell_int(&rows, 0, 0);
	return rc;
}

/*
 * What leans on something else goes before it: deliveries before events.  What
 * somebody holds is swept the next time.
 */
enum cal_err
sweep(struct db *db, struct arena *mem, int most,
    const struct sweep_days *days, bool *more)
{
	const struct db_arg	 n = db_int(mem, most);
	const struct db_query	 parts[] = {
		STMT(STMT_SWEEP_LINKS, n),
		STMT(STMT_SWEEP_PENDING, n),
		STMT(STMT_SWEEP_CALLS, n, db_int(mem, days->calls)),
		STMT(STMT_SWEEP_DELIVERIES, n, db_int(mem, days->deliveries)),
		STMT(STMT_SWEEP_EVENTS, n, db_int(mem, days->events)),
	};
	struct db_rows		 rows;
	enum cal_err		 rc;
	size_t			 i;

	*more = false;
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]) && !*more; i++) {
		rc = db_one(db, mem, parts[i], &rows);
		if (rc == CAL_UNAVAILABLE && db_was_locked(db))
			continue;
		if (rc != CAL_OK)
			return rc;
		*more = db_cell_int(&rows, 0, 0) >= most;
	}
	return CAL_OK;
}
