/*
 * feed: see feed.h.
 */
#include <stddef.h>

#include "app/repo/feed.h"
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/stmt.h"
#include "app/repo/tx.h"
#include "lib/arena.h"
#include "lib/db.h"

enum {
	SCAN_MAX = 10000,		/* events that one call examines */
	PAGE_BYTES = 2 * 1024 * 1024,	/* so that nginx can buffer a page */
};

/* One event of a page.  Each row repeats how far the feed has come. */
struct feed_row {
	int64_t		 floor;		/* retention has removed the events up
					 * to this number */
	int64_t		 head;
	int64_t		 last_seen;	/* number of the last event searched */
	int64_t		 seen;		/* how many events were searched */
	struct event	 ev;		/* id NULL: no event matches */
};

static const struct row_column	feed_columns[] = {
	COLUMN(struct feed_row, floor),
	COLUMN(struct feed_row, head),
	COLUMN(struct feed_row, last_seen),
	COLUMN(struct feed_row, seen),
	COLUMN_AS("feed_seq", struct feed_row, ev.seq),
	COLUMN_AS("id", struct feed_row, ev.id),
	COLUMN_AS("type", struct feed_row, ev.type),
	COLUMN_NAME_AS("source", struct feed_row, ev.source, event_source),
	COLUMN_AS("user_id", struct feed_row, ev.user_id),
	COLUMN_AS("occurred_at", struct feed_row, ev.occurred_at),
	COLUMN_AS("received_at", struct feed_row, ev.received_at),
	COLUMN_AS("meeting_id", struct feed_row, ev.meeting_id),
	COLUMN_AS("data", struct feed_row, ev.body),
};
const struct row	feed_row = ROW(struct feed_row, feed_columns);

/*
 * Takes the events for this page: at most "limit", and only those before the
 * first whose body was left out for its size.
 */
static void
take_events(struct arena *mem, const struct feed_row *rows, int n, int limit,
    struct feed_page *p)
{
	p->n = 0;
	p->events = arena_array(mem, (size_t)n, sizeof(*p->events));
	while (p->n < n && p->n < limit && rows[p->n].ev.body != NULL) {
		p->events[p->n] = rows[p->n].ev;
		p->n++;
	}
}

/* "rows" holds at least one row, which may be without an event. */
static void
page_from_rows(struct arena *mem, const struct feed_row *rows, int n,
    const struct feed_query *q, int scan, struct feed_page *p)
{
	const int64_t	 head = rows[0].head;
	const int	 hits = rows[0].ev.id == NULL ? 0 : n;

	take_events(mem, rows, n, q->limit, p);
	p->expired = q->after > head ||
	    (!q->from_start && q->after < rows[0].floor);
	p->more = true;
	if (p->n < hits)
		p->next = p->events[p->n - 1].seq;
	else if (rows[0].seen == scan)
		p->next = rows[0].last_seen;
	else {
		p->next = head;
		p->more = false;
	}
}

enum cal_err
feed_list(struct tx *tx, const struct feed_query *q, struct feed_page *out)
{
	struct db_rows	 rows;
	struct feed_row	*all;
	enum cal_err	 rc;
	int		 n;
	/* One row more than asked for tells whether another page follows. */
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
		rc = row_list(tx->mem, &rows, &feed_row, &all, &n);
	if (rc == CAL_OK)
		page_from_rows(tx->mem, all, n, q, scan, out);
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
		*head = only_int(&rows);
	return rc;
}

enum cal_err
feed_extend(struct db *db, struct arena *mem, int most, int64_t *moved)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_FEED_EXTEND, db_int(mem, most)), &rows);
	if (rc == CAL_OK)
		*moved = only_int(&rows);
	return rc;
}
