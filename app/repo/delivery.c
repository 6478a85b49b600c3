/*
 * delivery: see delivery.h.
 */
#include "app/repo/delivery.h"
#include "app/repo/stmt.h"
#include "lib/arena.h"
#include "lib/db.h"

enum cal_err
endpoint_find(struct db *db, struct arena *mem, struct bytes hash,
    struct endpoint *e)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT_ENDPOINT_FIND, STMT_ARGS(db_bytes(hash)),
	    &rows);
	if (rc != CAL_OK)
		return rc;
	e->id = db_cell(&rows, 0, 0);
	e->tenant_id = db_cell(&rows, 0, 1);
	e->connection_id = db_cell(&rows, 0, 2);
	e->retired = db_cell_bool(&rows, 0, 3);
	e->signing_key_sealed = db_cell_bytes(mem, &rows, 0, 4);
	e->suspect = db_cell_bool(&rows, 0, 5);
	return CAL_OK;
}

enum cal_err
endpoint_suspect(struct db *db, struct arena *mem, const struct endpoint *e)
{
	return db_run(db, mem, STMT_ENDPOINT_SUSPECT,
	    STMT_ARGS(db_text(e->id)), NULL);
}

enum cal_err
ingest_store(struct db *db, struct arena *mem, const struct delivery_new *d,
    bool *stored)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT_INGEST_STORE,
	    STMT_ARGS(db_text(d->endpoint->tenant_id),
	    db_text(d->endpoint->connection_id), db_text(d->endpoint->id),
	    db_bytes(d->identity), db_text(d->kind), db_text(d->flaw),
	    db_int(mem, d->signed_with), db_bytes(d->body)), &rows);
	if (rc == CAL_OK)
		*stored = db_cell_bool(&rows, 0, 0);
	return rc;
}

static void
delivery_from_row(struct arena *mem, const struct db_rows *rows, int i,
    struct delivery *d)
{
	d->id = db_cell(rows, i, 0);
	d->tenant_id = db_cell(rows, i, 1);
	d->connection_id = db_cell(rows, i, 2);
	d->user_id = db_cell(rows, i, 3);
	d->received_at = db_cell(rows, i, 4);
	d->event_id = db_cell(rows, i, 5);
	d->kind = db_cell(rows, i, 6);
	d->flaw = db_cell(rows, i, 7);
	d->body = db_cell_bytes(mem, rows, i, 8);
	d->tries = (int)db_cell_int(rows, i, 9);
}

enum cal_err
delivery_take(struct db *db, struct arena *mem, int most,
    int most_bytes, struct delivery **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;
	int		 i;

	rc = db_run(db, mem, STMT_DELIVERY_TAKE, STMT_ARGS(db_int(mem, most),
	    db_int(mem, most_bytes)), &rows);
	if (rc != CAL_OK)
		return rc;
	*out = arena_array(mem, (size_t)rows.n, sizeof(**out));
	for (i = 0; i < rows.n; i++)
		delivery_from_row(mem, &rows, i, &(*out)[i]);
	*n = rows.n;
	return CAL_OK;
}

enum cal_err
delivery_mark_done(struct db *db, struct arena *mem, const char *const *ids,
    int n)
{
	return db_run(db, mem, STMT_DELIVERY_DONE,
	    STMT_ARGS(db_text_list(mem, ids, (size_t)n)), NULL);
}

enum cal_err
delivery_mark_failed(struct db *db, struct arena *mem, const char *id,
    const char *error, int most)
{
	return db_run(db, mem, STMT_DELIVERY_FAIL, STMT_ARGS(db_text(id),
	    db_text(error), db_int(mem, most)), NULL);
}
