/*
 * event: see event.h.
 */
#include <stddef.h>
#include <string.h>

#include "app/repo/event.h"
#include "app/repo/stmt.h"
#include "lib/arena.h"
#include "lib/db.h"

enum { PAGE_BYTES = 8 * 1024 * 1024 };

static void
event_from_row(const struct db_rows *rows, int i, struct event *ev)
{
	ev->seq = db_cell_int(rows, i, 0);
	ev->id = db_cell(rows, i, 1);
	ev->type = db_cell(rows, i, 2);
	ev->source = db_cell(rows, i, 3);
	ev->user_id = db_cell(rows, i, 4);
	ev->occurred_at = db_cell(rows, i, 5);
	ev->received_at = db_cell(rows, i, 6);
	ev->meeting_id = db_cell(rows, i, 7);
	ev->body = db_cell(rows, i, 8);
}

enum cal_err
event_add(struct db *db, struct arena *mem, const struct event_new *ev)
{
	return db_run(db, mem, STMT_EVENT_ADD, STMT_ARGS(db_text(ev->id),
	    db_text(ev->connection_id), db_text(ev->user_id),
	    db_text(ev->type), db_text(ev->source), db_text(ev->occurred_at),
	    db_text(ev->received_at), db_text(ev->meeting_id),
	    db_text(ev->outcome), db_text(ev->body)), NULL);
}

/* One text[] of a field of all. */
static struct db_arg
column(struct arena *mem, const struct event_new *all, int n, size_t field)
{
	const char	**list = arena_array(mem, (size_t)n, sizeof(*list));
	int		 i;

	for (i = 0; i < n; i++)
		memcpy(&list[i], (const char *)&all[i] + field,
		    sizeof(list[i]));
	return db_text_list(mem, list, (size_t)n);
}

enum cal_err
event_append(struct db *db, struct arena *mem, const struct event_new *all,
    int n)
{
#define COLUMN(name)	column(mem, all, n, offsetof(struct event_new, name))
	if (n == 0)
		return CAL_OK;
	return db_run(db, mem, STMT_EVENT_APPEND, STMT_ARGS(COLUMN(id),
	    COLUMN(connection_id), COLUMN(user_id), COLUMN(type),
	    COLUMN(source), COLUMN(occurred_at), COLUMN(received_at),
	    COLUMN(meeting_id), COLUMN(outcome), COLUMN(body)), NULL);
#undef COLUMN
}

enum cal_err
event_mark_outcome(struct db *db, struct arena *mem, const char *id,
    const char *outcome)
{
	return db_run(db, mem, STMT_EVENT_OUTCOME, STMT_ARGS(db_text(id),
	    db_text(outcome)), NULL);
}

enum cal_err
event_find(struct db *db, struct arena *mem, const char *id, struct event *ev)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT_EVENT_FIND, STMT_ARGS(db_text(id)), &rows);
	if (rc == CAL_OK)
		event_from_row(&rows, 0, ev);
	return rc;
}

enum cal_err
feed_list(struct db *db, struct arena *mem, int64_t after, int limit,
    struct event **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;
	int		 i;

	rc = db_run(db, mem, STMT_FEED_LIST, STMT_ARGS(db_int(mem, after),
	    db_int(mem, limit), db_int(mem, PAGE_BYTES)), &rows);
	if (rc != CAL_OK)
		return rc;
	*out = arena_array(mem, (size_t)rows.n, sizeof(**out));
	for (i = 0; i < rows.n; i++)
		event_from_row(&rows, i, &(*out)[i]);
	*n = rows.n;
	return CAL_OK;
}

enum cal_err
feed_extend(struct db *db, struct arena *mem, int most, int64_t *moved)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT_FEED_EXTEND, STMT_ARGS(db_int(mem, most)),
	    &rows);
	if (rc == CAL_OK)
		*moved = db_cell_int(&rows, 0, 0);
	return rc;
}
