/*
 * event: see event.h.
 */
#include <stddef.h>
#include <string.h>

#include "app/repo/event.h"
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/stmt.h"
#include "app/repo/tx.h"
#include "lib/arena.h"
#include "lib/db.h"

static const struct row_column	event_columns[] = {
	COLUMN_AS("feed_seq", struct event, seq),
	COLUMN(struct event, id),
	COLUMN(struct event, type),
	COLUMN_NAME(struct event, source, event_source),
	COLUMN(struct event, user_id),
	COLUMN(struct event, occurred_at),
	COLUMN(struct event, received_at),
	COLUMN(struct event, meeting_id),
	COLUMN_AS("data", struct event, body),
};
const struct row	event_row = ROW(struct event, event_columns);

enum cal_err
event_add(struct tx *tx, const struct event_new *ev)
{
	return tx_run(tx, STMT(STMT_EVENT_ADD, db_text(ev->id),
	    db_text(ev->connection_id), db_text(ev->user_id), db_text(ev->type),
	    db_text(event_source_name(ev->source)), db_text(ev->occurred_at),
	    db_text(ev->received_at), db_text(ev->meeting_id),
	    db_text(event_outcome_name(ev->outcome)), db_text(ev->body)), NULL);
}

/* Makes a text[] of one text member of all events; "member" is its offset. */
static struct db_arg
texts_of(struct tx *tx, const struct event_new *all, int n, size_t member)
{
	const char	**list = arena_array(tx->mem, (size_t)n, sizeof(*list));
	int		 i;

	for (i = 0; i < n; i++)
		memcpy(&list[i], (const char *)&all[i] + member,
		    sizeof(list[i]));
	return db_text_list(tx->mem, list, (size_t)n);
}

/* Makes a text[] of the names of a member that is an enum. */
static struct db_arg
names_of(struct tx *tx, const struct event_new *all, int n, size_t member,
    const struct names *names)
{
	const char	**list = arena_array(tx->mem, (size_t)n, sizeof(*list));
	unsigned	 value;
	int		 i;

	for (i = 0; i < n; i++) {
		memcpy(&value, (const char *)&all[i] + member, sizeof(value));
		list[i] = names_at(names, value);
	}
	return db_text_list(tx->mem, list, (size_t)n);
}

enum cal_err
event_append(struct tx *tx, const struct event_new *all, int n)
{
#define TEXTS(name)	texts_of(tx, all, n, offsetof(struct event_new, name))
#define NAMES_IN(name, noun)						\
	names_of(tx, all, n, offsetof(struct event_new, name), &noun##_names)
	if (n == 0)
		return CAL_OK;
	return tx_run(tx, STMT(STMT_EVENT_APPEND, TEXTS(id),
	    TEXTS(connection_id), TEXTS(user_id), TEXTS(type),
	    NAMES_IN(source, event_source), TEXTS(occurred_at),
	    TEXTS(received_at), TEXTS(meeting_id),
	    NAMES_IN(outcome, event_outcome), TEXTS(body)), NULL);
#undef NAMES_IN
#undef TEXTS
}

enum cal_err
event_mark_outcome(struct tx *tx, const char *id,
    enum event_outcome outcome)
{
	return tx_run(tx, STMT(STMT_EVENT_OUTCOME, db_text(id),
	    db_text(event_outcome_name(outcome))), NULL);
}

enum cal_err
event_find(struct tx *tx, const char *id, struct event *ev)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_EVENT_FIND, db_text(id)), &rows);
	if (rc == CAL_OK)
		rc = row_read(tx->mem, &rows, 0, &event_row, ev);
	return rc;
}
