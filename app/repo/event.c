/*
 * event: see event.h.
 */
#include <stddef.h>
#include <string.h>

#include "app/repo/event.h"
#include "app/repo/stmt.h"
#include "app/repo/tx.h"
#include "lib/arena.h"
#include "lib/db.h"

/* Number, id, type, source, user, both times, meeting, data. */
void
event_from_row(const struct db_rows *rows, int row, int col, struct event *ev)
{
	ev->seq = db_cell_int(rows, row, col);
	ev->id = db_cell(rows, row, col + 1);
	ev->type = db_cell(rows, row, col + 2);
	ev->source = db_cell(rows, row, col + 3);
	ev->user_id = db_cell(rows, row, col + 4);
	ev->occurred_at = db_cell(rows, row, col + 5);
	ev->received_at = db_cell(rows, row, col + 6);
	ev->meeting_id = db_cell(rows, row, col + 7);
	ev->body = db_cell(rows, row, col + 8);
}

enum cal_err
event_add(struct tx *tx, const struct event_new *ev)
{
	return tx_run(tx, STMT(STMT_EVENT_ADD, db_text(ev->id),
	    db_text(ev->connection_id), db_text(ev->user_id), db_text(ev->type),
	    db_text(ev->source), db_text(ev->occurred_at),
	    db_text(ev->received_at), db_text(ev->meeting_id),
	    db_text(ev->outcome), db_text(ev->body)), NULL);
}

/* One text[] of a field of all. */
static struct db_arg
column(struct tx *tx, const struct event_new *all, int n, size_t field)
{
	const char	**list = arena_array(tx->mem, (size_t)n, sizeof(*list));
	int		 i;

	for (i = 0; i < n; i++)
		memcpy(&list[i], (const char *)&all[i] + field,
		    sizeof(list[i]));
	return db_text_list(tx->mem, list, (size_t)n);
}

enum cal_err
event_append(struct tx *tx, const struct event_new *all, int n)
{
#define COLUMN(name)	column(tx, all, n, offsetof(struct event_new, name))
	if (n == 0)
		return CAL_OK;
	return tx_run(tx, STMT(STMT_EVENT_APPEND, COLUMN(id),
	    COLUMN(connection_id), COLUMN(user_id), COLUMN(type),
	    COLUMN(source), COLUMN(occurred_at), COLUMN(received_at),
	    COLUMN(meeting_id), COLUMN(outcome), COLUMN(body)), NULL);
#undef COLUMN
}

enum cal_err
event_mark_outcome(struct tx *tx, const char *id, const char *outcome)
{
	return tx_run(tx, STMT(STMT_EVENT_OUTCOME, db_text(id),
	    db_text(outcome)), NULL);
}

enum cal_err
event_find(struct tx *tx, const char *id, struct event *ev)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_EVENT_FIND, db_text(id)), &rows);
	if (rc == CAL_OK)
		event_from_row(&rows, 0, 0, ev);
	return rc;
}
