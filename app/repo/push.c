/*
 * push: see push.h.
 */
#include <stddef.h>
#include <string.h>

#include "app/repo/push.h"
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/stmt.h"
#include "lib/arena.h"
#include "lib/db.h"

#define HEALTH(name)							\
	COLUMN_AS(#name, struct push_target, health.name)

static const struct row_column	push_target_columns[] = {
	COLUMN(struct push_target, now),
	COLUMN(struct push_target, id),
	COLUMN(struct push_target, tenant_id),
	COLUMN(struct push_target, version),
	COLUMN(struct push_target, url),
	COLUMN(struct push_target, headers_sealed),
	COLUMN(struct push_target, secret_sealed),
	COLUMN(struct push_target, former_sealed),
	COLUMN(struct push_target, former_until),
	COLUMN(struct push_target, cursor),
	HEALTH(failures),
	HEALTH(events_failed),
	HEALTH(probes),
	HEALTH(is_open),
	HEALTH(not_before),
	HEALTH(failing_since),
	HEALTH(told_failing),
	HEALTH(success_at),
	HEALTH(failure_at),
	HEALTH(failure),
	HEALTH(answered_ms),
	HEALTH(answering_since),
};
const struct row	push_target_row =
    ROW(struct push_target, push_target_columns);

enum cal_err
push_claim(struct db *db, struct arena *mem, const char *owner, int seconds,
    int most, struct push_target **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_run(db, mem, STMT(STMT_PUSH_CLAIM, db_text(owner),
	    db_int(mem, seconds), db_int(mem, most)), &rows);
	if (rc == CAL_OK)
		rc = row_list(mem, &rows, &push_target_row, out, n);
	return rc;
}

/* Structs of which each member becomes an array of texts. */
struct table {
	struct arena	*mem;
	const void	*rows;
	int		 n;
	size_t		 size;		/* of one struct */
};

static const char *
print_text(struct arena *mem, const void *p)
{
	const char	*value;

	(void)mem;
	memcpy(&value, p, sizeof(value));
	return value;
}

static const char *
print_int64(struct arena *mem, const void *p)
{
	int64_t	 value;

	memcpy(&value, p, sizeof(value));
	return arena_printf(mem, "%lld", (long long)value);
}

static const char *
print_int(struct arena *mem, const void *p)
{
	int	 value;

	memcpy(&value, p, sizeof(value));
	return arena_printf(mem, "%d", value);
}

static const char *
print_bool(struct arena *mem, const void *p)
{
	bool	 value;

	(void)mem;
	memcpy(&value, p, sizeof(value));
	return value ? "t" : "f";
}

static const char *
print_status(struct arena *mem, const void *p)
{
	enum push_status	 value;

	(void)mem;
	memcpy(&value, p, sizeof(value));
	return push_status_name(value);
}

/* Makes a text[] of the member at this offset. */
static struct db_arg
column_of(const struct table *t, size_t member,
    const char *(*print)(struct arena *, const void *))
{
	const char	**list = arena_array(t->mem, (size_t)t->n,
			    sizeof(*list));
	int		  i;

	for (i = 0; i < t->n; i++)
		list[i] = print(t->mem, (const char *)t->rows +
		    (size_t)i * t->size + member);
	return db_text_list(t->mem, list, (size_t)t->n);
}

#define COLUMN_OF(t, type, member)					\
	column_of((t), offsetof(type, member),				\
	    _Generic(((const type *)(t)->rows)->member,			\
	    const char *: print_text,					\
	    int64_t: print_int64,					\
	    int: print_int,						\
	    bool: print_bool,						\
	    enum push_status: print_status))

/* A row of the answer; each has the database's clock. */
struct taken_row {
	int64_t			 now;
	struct push_taken	 t;
};

#define TAKEN(name)		COLUMN_AS(#name, struct taken_row, t.name)
#define TAKEN_EVENT(name)	COLUMN_AS(#name, struct taken_row, t.event.name)

static const struct row_column	push_taken_columns[] = {
	COLUMN(struct taken_row, now),
	TAKEN(destination_id),
	TAKEN(lost),
	TAKEN(after),
	TAKEN(missed_from),
	TAKEN(missed_to),
	TAKEN(more),
	TAKEN(push_id),
	TAKEN(replay),
	TAKEN(lane),
	TAKEN(attempts),
	TAKEN(first_answered_ms),
	TAKEN_EVENT(seq),
	TAKEN_EVENT(id),
	TAKEN_EVENT(type),
	COLUMN_NAME_AS("source", struct taken_row, t.event.source,
	    event_source),
	TAKEN_EVENT(user_id),
	TAKEN_EVENT(occurred_at),
	TAKEN_EVENT(received_at),
	TAKEN_EVENT(meeting_id),
	COLUMN_AS("data", struct taken_row, t.event.body),
};
const struct row	push_taken_row =
    ROW(struct taken_row, push_taken_columns);

enum cal_err
push_take(struct db *db, struct arena *mem, const char *owner, int seconds,
    const struct push_room *rooms, int nroom, const struct push_busy *busy,
    int nbusy, struct push_taken **out, int *n, int64_t *now)
{
#define ROOM(member)	COLUMN_OF(&r, struct push_room, member)
#define BUSY(member)	COLUMN_OF(&b, struct push_busy, member)
	const struct table	 r = { mem, rooms, nroom, sizeof(*rooms) },
				 b = { mem, busy, nbusy, sizeof(*busy) };
	struct db_rows		 found;
	struct taken_row	*all;
	enum cal_err		 rc;
	int			 i;

	*out = NULL;
	*n = 0;
	*now = 0;
	if (nroom == 0)
		return CAL_OK;
	rc = db_run(db, mem, STMT(STMT_PUSH_TAKE, db_text(owner),
	    db_int(mem, seconds), ROOM(destination_id), ROOM(version),
	    ROOM(after), ROOM(room), ROOM(probe), BUSY(destination_id),
	    BUSY(lane), BUSY(replay)), &found);
	if (rc == CAL_OK)
		rc = row_list(mem, &found, &push_taken_row, &all, n);
	if (rc != CAL_OK)
		return rc;
	*out = arena_array(mem, (size_t)*n, sizeof(**out));
	for (i = 0; i < *n; i++)
		(*out)[i] = all[i].t;
	*now = all[0].now;
	return CAL_OK;
#undef ROOM
#undef BUSY
}

enum cal_err
push_record(struct db *db, struct arena *mem, const char *owner,
    const struct push_result *results, int nresult,
    const struct push_progress *progress, int nprogress,
    const char *const **left)
{
#define SAID(member)	COLUMN_OF(&s, struct push_result, member)
#define STANDS(member)	COLUMN_OF(&p, struct push_progress, member)
	const struct table	 s = { mem, results, nresult,
				    sizeof(*results) },
				 p = { mem, progress, nprogress,
				    sizeof(*progress) };
	struct db_rows		 rows;
	enum cal_err		 rc;

	rc = db_run(db, mem, STMT(STMT_PUSH_RECORD, db_text(owner),
	    SAID(destination_id), SAID(push_id), SAID(event_id), SAID(replay),
	    SAID(status), SAID(at), SAID(answer_status), SAID(ms), SAID(answer),
	    SAID(error), SAID(next_at), SAID(answered_ms),
	    STANDS(destination_id), STANDS(version), STANDS(cursor),
	    STANDS(release), STANDS(health.failures),
	    STANDS(health.events_failed), STANDS(health.probes),
	    STANDS(health.is_open), STANDS(health.not_before),
	    STANDS(health.failing_since),
	    STANDS(health.success_at), STANDS(health.failure_at),
	    STANDS(health.failure), STANDS(health.answered_ms),
	    STANDS(health.answering_since)), &rows);
	if (rc == CAL_OK)
		*left = only_texts(mem, &rows);
	return rc;
#undef SAID
#undef STANDS
}
