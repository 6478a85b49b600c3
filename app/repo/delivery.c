/*
 * delivery: see delivery.h.
 */
#include <stdio.h>

#include "app/domain/policy.h"
#include "app/repo/delivery.h"
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/stmt.h"
#include "app/repo/tx.h"
#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/clock.h"
#include "lib/db.h"

enum {
	LOOK_AGAIN_MS = 10 * 1000,
	POSTPONE_AGAIN_MS = 1000,
};

static const struct row_column	endpoint_columns[] = {
	COLUMN(struct endpoint, id),
	COLUMN(struct endpoint, retired),
	COLUMN_AS("signing_key", struct endpoint, signing_key_sealed),
	COLUMN(struct endpoint, note_refused),
	COLUMN(struct endpoint, note_wrong),
};
const struct row	endpoint_row = ROW(struct endpoint, endpoint_columns);

enum cal_err
endpoint_meet(struct db *db, struct arena *mem, struct bytes hash,
    struct endpoint *e)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_ENDPOINT_MEET, db_bytes(hash)), &rows);
	if (rc == CAL_OK)
		rc = row_read(mem, &rows, 0, &endpoint_row, e);
	return rc;
}

/* A batch of deliveries, column by column, as the statement takes it. */
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
	told = only_text(&rows);
	for (i = 0; i < n; i++)
		fates[i] = (enum delivery_fate)told[i];
	return CAL_OK;
}

static const struct row_column	delivery_columns[] = {
	COLUMN(struct delivery, id),
	COLUMN(struct delivery, tenant_id),
	COLUMN(struct delivery, connection_id),
	COLUMN(struct delivery, user_id),
	COLUMN(struct delivery, received_at),
	COLUMN(struct delivery, event_id),
	COLUMN(struct delivery, kind),
	COLUMN(struct delivery, flaw),
	COLUMN(struct delivery, body),
	COLUMN(struct delivery, tries),
	COLUMN(struct delivery, telling_of),
	COLUMN(struct delivery, due),
};
const struct row	delivery_row = ROW(struct delivery, delivery_columns);

/*
 * Rows that were taken stay at the queue's front as dead rows until a vacuum
 * removes them.  So the search starts where the last batch was taken, and only
 * now and then at the beginning, to find rows that another transaction had
 * locked or was late to commit.
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

	rc = db_run(db, mem, STMT(STMT_DELIVERY_TAKE, db_int(mem, most),
	    db_int(mem, most_bytes), db_text(look_from(place))), &rows);
	if (rc != CAL_OK)
		return rc;
	rc = row_list(mem, &rows, &delivery_row, out, n);
	if (rc == CAL_OK && *n > 0)
		(void)snprintf(place->since, sizeof(place->since), "%s",
		    (*out)[0].due);
	return rc;
}

enum cal_err
delivery_mark_done(struct tx *tx, const char *const *ids, int n)
{
	return tx_run(tx, STMT(STMT_DELIVERY_DONE,
	    db_text_list(tx->mem, ids, (size_t)n)), NULL);
}

enum cal_err
delivery_mark_told(struct tx *tx, const char *const *ids,
    const enum event_outcome *outcomes, int n)
{
	const char	**names;
	int		  i;

	if (n == 0)
		return CAL_OK;
	names = arena_array(tx->mem, (size_t)n, sizeof(*names));
	for (i = 0; i < n; i++)
		names[i] = event_outcome_name(outcomes[i]);
	return tx_run(tx, STMT(STMT_DELIVERY_TOLD,
	    db_text_list(tx->mem, ids, (size_t)n),
	    db_text_list(tx->mem, names, (size_t)n)), NULL);
}

enum cal_err
delivery_mark_failed(struct tx *tx, const char *id, const char *error, int most)
{
	return tx_run(tx, STMT(STMT_DELIVERY_FAIL, db_text(id), db_text(error),
	    db_int(tx->mem, most),
	    db_int(tx->mem, POLICY_DELIVERY_DOUBLINGS)), NULL);
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
		*moved = only_int(&rows);
	return rc;
}
