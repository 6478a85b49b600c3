/*
 * sync: see sync.h.
 */
#include "app/domain/policy.h"
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/stmt.h"
#include "app/repo/sync.h"
#include "app/repo/tx.h"
#include "lib/arena.h"
#include "lib/db.h"

static const struct row_column	sync_columns[] = {
	COLUMN(struct sync, user_id),
	COLUMN_NAME(struct sync, status, connection_status),
	COLUMN(struct sync, grant_id),
	COLUMN(struct sync, user_uri),
	COLUMN(struct sync, account_id),
	COLUMN(struct sync, scopes),
	COLUMN(struct sync, walk),
	COLUMN_NAME(struct sync, purpose, sync_purpose),
	COLUMN_NAME(struct sync, phase, sync_phase),
	COLUMN_NAME(struct sync, asked, sync_purpose),
	COLUMN(struct sync, walk_account),
	COLUMN(struct sync, boundary_at),
	COLUMN(struct sync, list_from),
	COLUMN(struct sync, list_beyond),
	COLUMN(struct sync, nboundary),
	COLUMN(struct sync, at_once),
	COLUMN(struct sync, known_until),
	COLUMN(struct sync, long_unreachable),
	COLUMN(struct sync, fed_since),
	COLUMN(struct sync, overdue),
};
const struct row	sync_row = ROW(struct sync, sync_columns);

static const struct row_column	sync_work_columns[] = {
	COLUMN(struct sync_work, meeting_id),
	COLUMN(struct sync_work, uri),
	COLUMN(struct sync_work, event),
	COLUMN(struct sync_work, hash),
	COLUMN(struct sync_work, asked_at),
	COLUMN(struct sync_work, tries),
};
const struct row	sync_work_row = ROW(struct sync_work,
			    sync_work_columns);

static const struct row_column	sync_complete_columns[] = {
	COLUMN_NAME(struct sync_complete, purpose, sync_purpose),
	COLUMN(struct sync_complete, events),
	COLUMN(struct sync_complete, invitees),
	COLUMN(struct sync_complete, unread),
	COLUMN(struct sync_complete, from_at),
	COLUMN(struct sync_complete, started_at),
	COLUMN(struct sync_complete, completed_at),
};
const struct row	sync_complete_row = ROW(struct sync_complete,
			    sync_complete_columns);

/* Runs a statement that gives one row of this sort. */
static enum cal_err
sync_read_one(struct tx *tx, struct db_query q, const struct row *row,
    void *out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	if ((rc = tx_one(tx, q, &rows)) != CAL_OK)
		return rc;
	return row_read(tx->mem, &rows, 0, row, out);
}

enum cal_err
sync_load(struct tx *tx, const char *connection_id, struct sync *s)
{
	return sync_read_one(tx, STMT(STMT_SYNC_LOAD, db_text(connection_id),
	    db_int(tx->mem, POLICY_WEBHOOK_LAG), db_int(tx->mem,
	    POLICY_LONG_UNREACHABLE)), &sync_row, s);
}

enum cal_err
sync_ask(struct tx *tx, const char *connection_id, enum sync_purpose purpose)
{
	return tx_run(tx, STMT(STMT_SYNC_ASK, db_text(connection_id),
	    db_text(sync_purpose_name(purpose))), NULL);
}

enum cal_err
sync_settle(struct tx *tx, const char *connection_id, const char *grant_id)
{
	return tx_run(tx, STMT(STMT_SYNC_SETTLE, db_text(connection_id),
	    db_text(grant_id), db_int(tx->mem, POLICY_WINDOW),
	    db_int(tx->mem, POLICY_POLL)), NULL);
}

enum cal_err
sync_begin(struct tx *tx, const char *connection_id, const char *account_id,
    enum sync_purpose purpose, int64_t past, bool catch_up)
{
	return tx_run(tx, STMT(STMT_SYNC_BEGIN, db_text(connection_id),
	    db_text(account_id), db_int(tx->mem, past), db_bool(catch_up),
	    db_text(sync_purpose_name(purpose))), NULL);
}

enum cal_err
sync_drop(struct tx *tx, const char *connection_id)
{
	return tx_run(tx, STMT(STMT_SYNC_DROP, db_text(connection_id)), NULL);
}

enum cal_err
sync_mark_trouble(struct tx *tx, const char *connection_id, int64_t walk,
    enum sync_trouble trouble)
{
	return tx_run(tx, STMT(STMT_SYNC_TROUBLE, db_text(connection_id),
	    db_int(tx->mem, walk), db_text(sync_trouble_name(trouble))), NULL);
}

/* The columns of a page's events, each as an array. */
struct listed_columns {
	const char	**meeting, **uri, **start, **event;
	struct bytes	 *hash;
};

static struct listed_columns
columns_of(struct arena *mem, const struct sync_listed *all, size_t n)
{
	struct listed_columns	 c = {
		.meeting = arena_array(mem, n, sizeof(*c.meeting)),
		.uri = arena_array(mem, n, sizeof(*c.uri)),
		.start = arena_array(mem, n, sizeof(*c.start)),
		.event = arena_array(mem, n, sizeof(*c.event)),
		.hash = arena_array(mem, n, sizeof(*c.hash)),
	};
	size_t			 i;

	for (i = 0; i < n; i++) {
		c.meeting[i] = all[i].meeting_id;
		c.uri[i] = all[i].uri;
		c.start[i] = all[i].start_at;
		c.event[i] = all[i].event;
		c.hash[i] = all[i].hash;
	}
	return c;
}

enum cal_err
sync_store_page(struct tx *tx, const char *connection_id,
    const struct sync_page *p, int64_t *fresh)
{
	const struct listed_columns	 c = columns_of(tx->mem, p->all, p->n);
	struct db_rows			 rows;
	enum cal_err			 rc;

	rc = tx_one(tx, STMT(STMT_SYNC_PAGE, db_text(connection_id),
	    db_int(tx->mem, p->walk), db_text(p->asked_at),
	    db_text_list(tx->mem, c.meeting, p->n),
	    db_text_list(tx->mem, c.uri, p->n),
	    db_text_list(tx->mem, c.start, p->n),
	    db_text_list(tx->mem, c.event, p->n),
	    db_bytes_list(tx->mem, c.hash, p->n), db_bool(p->whole),
	    db_int(tx->mem, POLICY_RECENT), db_int(tx->mem, POLICY_REREAD),
	    db_text(p->after), db_text(p->until),
	    db_int(tx->mem, (int64_t)p->unread), db_text(p->account_id)),
	    &rows);
	if (rc == CAL_OK)
		*fresh = only_int(&rows);
	return rc;
}

enum cal_err
sync_next(struct tx *tx, const char *connection_id, bool missing, int most,
    struct sync_work **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_run(tx, DB_QUERY(missing ? STMT_SYNC_NEXT_MISSING :
	    STMT_SYNC_NEXT_INVITEES, db_text(connection_id),
	    db_int(tx->mem, most)), &rows);
	if (rc == CAL_OK)
		rc = row_list(tx->mem, &rows, &sync_work_row, out, n);
	return rc;
}

static const char *
what_became(const struct sync_done *d)
{
	return d->failed ? "failed" : d->missing ? "missing" :
	    d->gone ? "gone" : d->unread ? "unread" : "done";
}

enum cal_err
sync_store_done(struct tx *tx, const char *connection_id,
    const struct sync *s, const struct sync_done *all, size_t n,
    const struct sync_count *c)
{
	const char	**meeting = arena_array(tx->mem, n, sizeof(*meeting));
	const char	**what = arena_array(tx->mem, n, sizeof(*what));
	const char	**at = arena_array(tx->mem, n, sizeof(*at));
	struct bytes	 *hash = arena_array(tx->mem, n, sizeof(*hash));
	struct db_rows	  rows;
	size_t		  i;

	for (i = 0; i < n; i++) {
		meeting[i] = all[i].work->meeting_id;
		what[i] = what_became(&all[i]);
		hash[i] = all[i].work->hash;
		at[i] = all[i].invitees_at;
	}
	return tx_one(tx, STMT(STMT_SYNC_DONE, db_text(connection_id),
	    db_int(tx->mem, s->walk), db_text_list(tx->mem, meeting, n),
	    db_text_list(tx->mem, what, n), db_bytes_list(tx->mem, hash, n),
	    db_text_list(tx->mem, at, n), db_text(s->account_id),
	    db_int(tx->mem, c->events), db_int(tx->mem, c->invitees),
	    db_int(tx->mem, c->unread), db_int(tx->mem, c->changes),
	    db_int(tx->mem, c->missed_by_webhook),
	    db_int(tx->mem, c->missed_by_poll), db_int(tx->mem, s->at_once)),
	    &rows);
}

enum cal_err
sync_next_phase(struct tx *tx, const char *connection_id, int64_t walk)
{
	return tx_run(tx, STMT(STMT_SYNC_NEXT_PHASE, db_text(connection_id),
	    db_int(tx->mem, walk)), NULL);
}

enum cal_err
sync_look(struct tx *tx, const char *const *connection_id, size_t n)
{
	if (n == 0)
		return CAL_OK;
	return tx_run(tx, STMT(STMT_SYNC_LOOK, db_text_list(tx->mem,
	    connection_id, n), db_int(tx->mem, POLICY_LOOK)), NULL);
}

enum cal_err
sync_end(struct tx *tx, const char *connection_id, int64_t walk,
    struct sync_complete *done)
{
	return sync_read_one(tx, STMT(STMT_SYNC_END, db_text(connection_id),
	    db_int(tx->mem, walk), db_int(tx->mem, POLICY_POLL),
	    db_int(tx->mem, POLICY_POLL_MOST), db_int(tx->mem,
	    POLICY_READ_LAG), db_int(tx->mem, POLICY_LOOK_SECOND),
	    db_int(tx->mem, POLICY_LOOK_THIRD)), &sync_complete_row, done);
}

enum cal_err
sync_due(struct db *db, struct arena *mem, int most, int64_t *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_SYNC_DUE, db_int(mem, most),
	    db_int(mem, POLICY_POLL)), &rows);
	if (rc == CAL_OK)
		*n = only_int(&rows);
	return rc;
}
