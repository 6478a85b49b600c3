/*
 * destination_push: what was pushed to destinations, and is pushed again; see
 * destination.h.
 */
#include <stddef.h>
#include <stdint.h>

#include "app/repo/destination.h"
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/stmt.h"
#include "app/repo/tx.h"
#include "lib/arena.h"
#include "lib/db.h"

#define NEWEST	"ffffffff-ffff-ffff-ffff-ffffffffffff"

enum { LIST_LOOK = 10000 };	/* pushes that one call of a list examines */

struct replay {
	int64_t	 n;
	bool	 more;
	int64_t	 next;
};

static const struct row_column	replay_columns[] = {
	COLUMN(struct replay, n),
	COLUMN(struct replay, more),
	COLUMN(struct replay, next),
};
const struct row	replay_row = ROW(struct replay, replay_columns);

enum cal_err
push_replay(struct tx *tx, const char *destination_id,
    const struct replay_query *q, int64_t *n, bool *more, int64_t *next)
{
	struct db_rows	 rows;
	struct replay	 r;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_PUSH_REPLAY, db_text(destination_id),
	    db_text(q->event_id), db_int(tx->mem, q->after),
	    db_int(tx->mem, q->until == 0 ? INT64_MAX : q->until),
	    db_text(q->from), db_text(q->to),
	    q->types == NULL ? db_null() : db_texts(tx->mem, q->types),
	    db_text(q->user_id), db_bool(q->dry),
	    db_int(tx->mem, q->most < REPLAY_MOST ? q->most : REPLAY_MOST),
	    db_int(tx->mem, REPLAY_LOOK), db_int(tx->mem, REPLAYS_A_SECOND)),
	    &rows);
	if (rc == CAL_OK)
		rc = row_read(tx->mem, &rows, 0, &replay_row, &r);
	if (rc != CAL_OK)
		return rc;
	*n = r.n;
	*more = r.more;
	*next = r.next;
	return CAL_OK;
}

enum cal_err
push_redrive(struct tx *tx, const char *destination_id, const char *push_id,
    int most, int64_t *n, bool *more)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_PUSH_REDRIVE, db_text(destination_id),
	    db_text(push_id), db_int(tx->mem, most)), &rows);
	if (rc != CAL_OK)
		return rc;
	*n = only_int(&rows);
	*more = push_id == NULL && *n >= most;
	return CAL_OK;
}

/* The columns of a push, which is the struct or a member of it. */
#define PUSH_COLUMNS(type, of)						\
	COLUMN_AS("id", type, of id),					\
	COLUMN_AS("destination_id", type, of destination_id),		\
	COLUMN_AS("event_id", type, of event_id),			\
	COLUMN_AS("event_type", type, of event_type),			\
	COLUMN_AS("user_id", type, of user_id),				\
	COLUMN_AS("seq", type, of seq),					\
	COLUMN_AS("replay", type, of replay),				\
	COLUMN_NAME_AS("status", type, of status, push_status),		\
	COLUMN_AS("attempts", type, of attempts),			\
	COLUMN_AS("next_at", type, of next_at),				\
	COLUMN_AS("first_at", type, of first_at),			\
	COLUMN_AS("tried_at", type, of tried_at),			\
	COLUMN_AS("answer_status", type, of answer_status),		\
	COLUMN_AS("ms", type, of ms),					\
	COLUMN_AS("answer", type, of answer),				\
	COLUMN_AS("error", type, of error)

static const struct row_column	push_columns[] = {
	PUSH_COLUMNS(struct push, ),
};
const struct row	push_row = ROW(struct push, push_columns);

/* A row of a list; each says how far the call has looked. */
struct push_listed {
	struct push	 p;		/* id NULL: none fits */
	int64_t		 seen;
	const char	*last_seen;
};

static const struct row_column	push_list_columns[] = {
	PUSH_COLUMNS(struct push_listed, p.),
	COLUMN(struct push_listed, seen),
	COLUMN(struct push_listed, last_seen),
};
const struct row	push_list_row =
    ROW(struct push_listed, push_list_columns);

/* "all" has at least one row, which may be without a push. */
static void
push_page_from(struct arena *mem, const struct push_listed *all, int n,
    int limit, struct push_page *out)
{
	int	 i;

	n = all[0].p.id == NULL ? 0 : n;
	out->n = n < limit ? n : limit;
	out->pushes = arena_array(mem, (size_t)out->n, sizeof(*out->pushes));
	for (i = 0; i < out->n; i++)
		out->pushes[i] = all[i].p;
	if (n > limit)
		out->next = all[limit - 1].p.id;
	else
		out->next = all[0].seen == LIST_LOOK ? all[0].last_seen : NULL;
}

/* Lists by the index that leaves the fewest rows to be looked at. */
enum cal_err
push_list(struct tx *tx, const struct push_query *q, struct push_page *out)
{
	const int		 by = q->event_id != NULL ?
				    STMT_PUSH_LIST_EVENT :
				    q->status != PUSH_STATUS_NONE &&
				    q->status != PUSH_DELIVERED ?
				    STMT_PUSH_LIST_UNDONE :
				    q->user_id != NULL ? STMT_PUSH_LIST_USER :
				    q->destination_id != NULL ?
				    STMT_PUSH_LIST_DESTINATION :
				    STMT_PUSH_LIST;
	struct push_listed	*all;
	struct db_rows		 rows;
	enum cal_err		 rc;
	int			 n;

	rc = tx_one(tx, DB_QUERY(by, db_text(q->destination_id),
	    db_text(q->event_id), db_text(push_status_name(q->status)),
	    db_text(q->user_id), db_text(q->after != NULL ? q->after : NEWEST),
	    db_int(tx->mem, LIST_LOOK), db_int(tx->mem, q->limit + 1)), &rows);
	if (rc == CAL_OK)
		rc = row_list(tx->mem, &rows, &push_list_row, &all, &n);
	if (rc == CAL_OK)
		push_page_from(tx->mem, all, n, q->limit, out);
	return rc;
}

enum cal_err
push_find(struct tx *tx, const char *id, struct push *out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_PUSH_FIND, db_text(id)), &rows);
	if (rc == CAL_OK)
		rc = row_read(tx->mem, &rows, 0, &push_row, out);
	return rc;
}

static const struct row_column	push_attempt_columns[] = {
	COLUMN(struct push_attempt, at),
	COLUMN(struct push_attempt, answer_status),
	COLUMN(struct push_attempt, ms),
	COLUMN(struct push_attempt, answer),
	COLUMN(struct push_attempt, error),
};
const struct row	push_attempt_row =
    ROW(struct push_attempt, push_attempt_columns);

enum cal_err
push_attempts(struct tx *tx, const char *id, struct push_attempt **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_run(tx, STMT(STMT_PUSH_ATTEMPTS, db_text(id)), &rows);
	if (rc == CAL_OK)
		rc = row_list(tx->mem, &rows, &push_attempt_row, out, n);
	return rc;
}
