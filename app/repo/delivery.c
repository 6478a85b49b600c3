/*
 * delivery: see delivery.h.
 */
#include <stdio.h>

#include "app/repo/delivery.h"
#include "app/repo/stmt.h"
#include "app/repo/tx.h"
#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/clock.h"
#include "lib/db.h"

enum {
	DUE = 11,			/* column of what is taken */
	LOOK_AGAIN_MS = 10 * 1000,
	POSTPONE_AGAIN_MS = 1000,
};

enum cal_err
endpoint_meet(struct db *db, struct arena *mem, struct bytes hash,
    struct endpoint *e)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_ENDPOINT_MEET, db_bytes(hash)), &rows);
	if (rc != CAL_OK)
		return rc;
	e->id = db_cell(&rows, 0, 0);
	e->retired = db_cell_bool(&rows, 0, 1);
	e->signing_key_sealed = db_cell_bytes(mem, &rows, 0, 2);
	e->note_refused = db_cell_bool(&rows, 0, 3);
	e->note_wrong = db_cell_bool(&rows, 0, 4);
	return CAL_OK;
}

/* A batch's columns: what the database takes. */
struct columns {
	struct bytes	*endpoint, *known, *body;
	const char	**about, **kind, **flaw;
	struct buf	 signed_with;
};

static void
columns_from_batch(struct arena *mem, const struct delivery_new *d, size_t n,
    struct columns *c)
{
	size_t	 i;

	c->endpoint = arena_array(mem, n, sizeof(*c->endpoint));
	c->known = arena_array(mem, n, sizeof(*c->known));
	c->body = arena_array(mem, n, sizeof(*c->body));
	c->about = arena_array(mem, n, sizeof(*c->about));
	c->kind = arena_array(mem, n, sizeof(*c->kind));
	c->flaw = arena_array(mem, n, sizeof(*c->flaw));
	buf_init(&c->signed_with, mem, 0);
	(void)buf_puts(&c->signed_with, "{");
	for (i = 0; i < n; i++) {
		c->endpoint[i] = d[i].endpoint;
		c->known[i] = d[i].known;
		c->body[i] = d[i].body;
		c->about[i] = d[i].about;
		c->kind[i] = d[i].kind;
		c->flaw[i] = d[i].flaw;
		(void)buf_printf(&c->signed_with, "%s%d", i > 0 ? "," : "",
		    d[i].signed_with);
	}
	(void)buf_puts(&c->signed_with, "}");
}

enum cal_err
ingest_store(struct db *db, struct arena *mem, const struct delivery_new *d,
    size_t n, enum delivery_fate *fates)
{
	struct columns	 c;
	struct db_rows	 rows;
	const char	*told;
	enum cal_err	 rc;
	size_t		 i;

	columns_from_batch(mem, d, n, &c);
	rc = db_one(db, mem, STMT(STMT_INGEST_STORE,
	    db_bytes_list(mem, c.endpoint, n), db_bytes_list(mem, c.known, n),
	    db_text_list(mem, c.about, n), db_text_list(mem, c.kind, n),
	    db_text_list(mem, c.flaw, n), db_text(c.signed_with.p),
	    db_bytes_list(mem, c.body, n)), &rows);
	if (rc != CAL_OK)
		return rc;
	told = db_cell(&rows, 0, 0);
	for (i = 0; i < n; i++)
		fates[i] = (enum delivery_fate)told[i];
	return CAL_OK;
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
	d->telling_of = db_cell(rows, i, 10);
}

/*
 * Rows that were taken lie dead at the front until a vacuum removes them.  So
 * one looks from where one took last, and only now and then from the beginning,
 * for what somebody else had locked or was long in committing.
 */
static const char *
look_from(struct delivery_place *p)
{
	const int64_t	 now = clock_ms();

	if (p->since[0] != '\0' && now < p->look_again)
		return p->since;
	p->look_again = now + LOOK_AGAIN_MS;
	return "-infinity";
}

enum cal_err
delivery_take(struct db *db, struct arena *mem, struct delivery_place *place,
    int most, int most_bytes, struct delivery **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;
	int		 i;

	rc = db_run(db, mem, STMT(STMT_DELIVERY_TAKE, db_int(mem, most),
	    db_int(mem, most_bytes), db_text(look_from(place))), &rows);
	if (rc != CAL_OK)
		return rc;
	*out = arena_array(mem, (size_t)rows.n, sizeof(**out));
	for (i = 0; i < rows.n; i++)
		delivery_from_row(mem, &rows, i, &(*out)[i]);
	if (rows.n > 0)
		(void)snprintf(place->since, sizeof(place->since), "%s",
		    db_cell(&rows, 0, DUE));
	*n = rows.n;
	return CAL_OK;
}

enum cal_err
delivery_mark_done(struct tx *tx, const char *const *ids, int n)
{
	return tx_run(tx, STMT(STMT_DELIVERY_DONE,
	    db_text_list(tx->mem, ids, (size_t)n)), NULL);
}

enum cal_err
delivery_mark_told(struct tx *tx, const char *const *ids,
    const char *const *outcomes, int n)
{
	if (n == 0)
		return CAL_OK;
	return tx_run(tx, STMT(STMT_DELIVERY_TOLD,
	    db_text_list(tx->mem, ids, (size_t)n),
	    db_text_list(tx->mem, outcomes, (size_t)n)), NULL);
}

enum cal_err
delivery_mark_failed(struct tx *tx, const char *id, const char *error, int most)
{
	return tx_run(tx, STMT(STMT_DELIVERY_FAIL, db_text(id), db_text(error),
	    db_int(tx->mem, most)), NULL);
}

enum cal_err
delivery_put_back(struct tx *tx, const char *const *ids, int n, int seconds)
{
	return tx_run(tx, STMT(STMT_DELIVERY_PUT_BACK,
	    db_text_list(tx->mem, ids, (size_t)n), db_int(tx->mem, seconds)),
	    NULL);
}

enum cal_err
delivery_postpone(struct db *db, struct arena *mem,
    struct delivery_place *place, int most, int seconds, int64_t *moved)
{
	const int64_t	 now = clock_ms();
	struct db_rows	 rows;
	enum cal_err	 rc;

	*moved = 0;
	if (now < place->postpone_again)
		return CAL_OK;
	place->postpone_again = now + POSTPONE_AGAIN_MS;
	rc = db_one(db, mem, STMT(STMT_DELIVERY_POSTPONE, db_int(mem, most),
	    db_int(mem, seconds)), &rows);
	if (rc == CAL_OK)
		*moved = db_cell_int(&rows, 0, 0);
	return rc;
}
