/*
 * feed: see feed.h.
 */
#include <stddef.h>

#include "app/repo/feed.h"
#include "app/repo/stmt.h"
#include "app/repo/tx.h"
#include "lib/arena.h"
#include "lib/db.h"

enum {
	SCAN_MAX = 10000,		/* events that one call looks at */
	PAGE_BYTES = 2 * 1024 * 1024,	/* so that nginx can hold a page */
};

/* The columns of a page's rows: of the feed, of the look, then an event's. */
enum { FLOOR, HEAD, LAST_SEEN, SEEN, EVENT };

/* Those that fit the page: no more than asked for, only with their bodies. */
static void
take_events(struct arena *mem, const struct db_rows *rows, int limit,
    struct feed_page *p)
{
	struct event	*ev;

	p->n = 0;
	p->events = arena_array(mem, (size_t)rows->n, sizeof(*p->events));
	while (p->n < rows->n && p->n < limit) {
		ev = &p->events[p->n];
		event_from_row(rows, p->n, EVENT, ev);
		if (ev->body == NULL)
			break;
		p->n++;
	}
}

static void
page_from_rows(struct arena *mem, const struct db_rows *rows,
    const struct feed_query *q, int scan, struct feed_page *p)
{
	const int64_t	 head = db_cell_int(rows, 0, HEAD);
	const int	 hits = db_cell_null(rows, 0, EVENT) ? 0 : rows->n;

	take_events(mem, rows, q->limit, p);
	p->expired = q->after > head ||
	    (!q->from_start && q->after < db_cell_int(rows, 0, FLOOR));
	p->more = true;
	if (p->n < hits)
		p->next = p->events[p->n - 1].seq;
	else if (db_cell_int(rows, 0, SEEN) == scan)
		p->next = db_cell_int(rows, 0, LAST_SEEN);
	else {
		p->next = head;
		p->more = false;
	}
}

enum cal_err
feed_list(struct tx *tx, const struct feed_query *q, struct feed_page *out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;
	/* One more than asked for tells whether there is more. */
	const int	 scan = q->types == NULL ? q->limit + 1 : SCAN_MAX;
	const struct db_arg
			 after = db_int(tx->mem, q->after),
			 look = db_int(tx->mem, scan),
			 types = q->types == NULL ? db_null() :
			    db_texts(tx->mem, q->types),
			 most = db_int(tx->mem, q->limit + 1),
			 bytes = db_int(tx->mem, PAGE_BYTES);

	rc = tx_one(tx, q->user_id == NULL ?
	    STMT(STMT_FEED_LIST, after, look, types, most, bytes) :
	    STMT(STMT_FEED_LIST_USER, after, look, types, most, bytes,
	    db_text(q->user_id)), &rows);
	if (rc == CAL_OK)
		page_from_rows(tx->mem, &rows, q, scan, out);
	return rc;
}

enum cal_err
feed_head(struct db *db, struct arena *mem, const char *tenant_id,
    int64_t *head)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_FEED_HEAD, db_text(tenant_id)), &rows);
	if (rc == CAL_OK)
		*head = db_cell_int(&rows, 0, 0);
	return rc;
}

enum cal_err
feed_extend(struct db *db, struct arena *mem, int most, int64_t *moved)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_FEED_EXTEND, db_int(mem, most)), &rows);
	if (rc == CAL_OK)
		*moved = db_cell_int(&rows, 0, 0);
	return rc;
}
