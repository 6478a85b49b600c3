/*
 * job: see job.h.
 */
#include "app/domain/policy.h"
#include "app/repo/budget.h"
#include "app/repo/job.h"
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/stmt.h"
#include "app/repo/tx.h"
#include "lib/arena.h"
#include "lib/db.h"

enum cal_err
job_enqueue(struct tx *tx, enum job_kind kind, const char *subject,
    int delay_seconds)
{
	return tx_run(tx, STMT(STMT_JOB_ENQUEUE,
	    db_text(job_kind_name(kind)), db_text(subject),
	    db_int(tx->mem, delay_seconds)), NULL);
}

enum cal_err
job_drop(struct tx *tx, enum job_kind kind, const char *subject)
{
	return tx_run(tx, STMT(STMT_JOB_DROP,
	    db_text(job_kind_name(kind)), db_text(subject)), NULL);
}

/* A claimed job, and the tenant after whom the next claim goes on. */
struct claimed {
	struct job	 job;		/* id NULL: no job was claimed */
	int64_t		 turn;
};

static const struct row_column	claimed_columns[] = {
	COLUMN_AS("id", struct claimed, job.id),
	COLUMN_AS("tenant_id", struct claimed, job.tenant_id),
	COLUMN_AS("kind", struct claimed, job.kind_name),
	COLUMN_AS("subject", struct claimed, job.subject),
	COLUMN_AS("attempt", struct claimed, job.attempt),
	COLUMN_AS("wanted", struct claimed, job.wanted),
	COLUMN_AS("tries", struct claimed, job.tries),
	COLUMN_AS("account_id", struct claimed, job.account_id),
	COLUMN(struct claimed, turn),
};
const struct row	claimed_row = ROW(struct claimed, claimed_columns);

enum cal_err
job_claim(struct db *db, struct arena *mem, struct job_wish *w,
    struct job *j)
{
	struct db_rows	 rows;
	struct claimed	 c;
	unsigned	 kind;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_JOB_CLAIM, db_text(w->owner),
	    db_int(mem, w->seconds), db_bool(w->slow), db_bool(w->newest),
	    db_int(mem, w->after)), &rows);
	if (rc != CAL_OK || (rc = row_read(mem, &rows, 0, &claimed_row,
	    &c)) != CAL_OK)
		return rc;
	w->after = c.turn;
	if (c.job.id == NULL)
		return CAL_CONFLICT;
	*j = c.job;
	(void)names_find(&job_kind_names, j->kind_name, &kind);
	j->kind = (enum job_kind)kind;
	return CAL_OK;
}

/* Every statement that ends a claim tells whether the claim still held. */
static enum cal_err
end_claim(struct db *db, struct arena *mem, struct db_query q)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	if ((rc = db_one(db, mem, q, &rows)) != CAL_OK)
		return rc;
	return only_bool(&rows) ? CAL_OK : CAL_CONFLICT;
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

/* A number that Calendly said, or SQL NULL for -1: it did not say it. */
static struct db_arg
limit_text(struct arena *mem, long n)
{
	return n == -1 ? db_text(NULL) : db_int(mem, n);
}

enum cal_err
api_call_add(struct db *db, struct arena *mem, const char *tenant_id,
    const char *connection_id, const struct api_call *c,
    const struct budget_news *news)
{
	static const struct budget_news	 none = { .call = { NULL, 0, 0 } };
	const struct budget_news	*n = news == NULL ? &none : news;

	return db_run(db, mem, STMT(STMT_API_CALL_ADD, db_text(tenant_id),
	    db_text(connection_id), db_text(c->session_id),
	    db_text(c->request_id), db_text(c->purpose), db_text(c->method),
	    db_text(c->path), db_text(c->status), db_text(c->error),
	    db_text(c->duration_ms), db_text(c->reply),
	    db_text(n->call.account_id), db_int(mem, n->call.window_number),
	    limit_text(mem, n->limit), limit_text(mem, n->left),
	    limit_text(mem, n->reset),
	    db_int(mem, n->pause)), NULL);
}

enum cal_err
api_call_claim(struct tx *tx, const char *connection_id, const char *request_id)
{
	return tx_run(tx, STMT(STMT_API_CALL_CLAIM, db_text(connection_id),
	    db_text(request_id), db_int(tx->mem, POLICY_REQUEST)), NULL);
}

enum cal_err
api_call_note(struct tx *tx, const char *request_id, const char *purpose,
    const char *note)
{
	return tx_run(tx, STMT(STMT_API_CALL_NOTE, db_text(request_id),
	    db_text(purpose), db_text(note),
	    db_int(tx->mem, POLICY_REQUEST)), NULL);
}

static const struct row_column	api_call_columns[] = {
	COLUMN(struct api_call, id),
	COLUMN(struct api_call, at),
	COLUMN(struct api_call, request_id),
	COLUMN(struct api_call, purpose),
	COLUMN(struct api_call, method),
	COLUMN(struct api_call, path),
	COLUMN(struct api_call, status),
	COLUMN(struct api_call, error),
	COLUMN(struct api_call, duration_ms),
	COLUMN(struct api_call, reply),
	COLUMN(struct api_call, note),
};
const struct row	api_call_row = ROW(struct api_call, api_call_columns);

enum cal_err
api_call_list(struct tx *tx, const char *connection_id, const char *before,
    int limit, struct api_call **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_run(tx, STMT(STMT_API_CALL_LIST, db_text(connection_id),
	    db_text(before), db_int(tx->mem, limit)), &rows);
	if (rc == CAL_OK)
		rc = row_list(tx->mem, &rows, &api_call_row, out, n);
	return rc;
}

enum cal_err
due_in(struct db *db, struct arena *mem, long most, int64_t *ms)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_DUE_IN, db_int(mem, most)), &rows);
	if (rc == CAL_OK)
		*ms = only_int(&rows);
	return rc;
}

enum cal_err
checks_ask(struct db *db, struct arena *mem, int most, int64_t *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_CHECKS_ASK, db_int(mem, most)), &rows);
	if (rc == CAL_OK)
		*n = only_int(&rows);
	return rc;
}

/*
 * The parts run in this order: first whatever is kept for a fixed time, then
 * calls, deliveries, events, meetings and pushes.  After a part that has
 * deleted as much as it may, the others wait for the next call.  A part that
 * meets locked rows is left out, because the next sweep finds these rows again.
 */
enum cal_err
sweep(struct db *db, struct arena *mem, int most,
    const struct sweep_days *days, bool *more)
{
	const struct db_arg	 n = db_int(mem, most);
	const struct db_query	 parts[] = {
		STMT(STMT_SWEEP_LINKS, n),
		STMT(STMT_SWEEP_IDEMPOTENCY, n,
		    db_int(mem, POLICY_IDEMPOTENCY)),
		STMT(STMT_SWEEP_PENDING, n, db_int(mem, POLICY_TEARDOWN)),
		STMT(STMT_SWEEP_CALLS, n, db_int(mem, days->calls)),
		STMT(STMT_SWEEP_DELIVERIES, n, db_int(mem, days->deliveries)),
		STMT(STMT_SWEEP_EVENTS, n, db_int(mem, days->events)),
		STMT(STMT_SWEEP_MEETINGS, n, db_int(mem, days->meetings)),
		STMT(STMT_SWEEP_PUSHES, n, db_int(mem, days->pushes)),
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
		*more = only_int(&rows) >= most;
	}
	return CAL_OK;
}
