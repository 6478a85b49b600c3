/*
 * meeting: see meeting.h.
 */
#include <string.h>

#include "app/repo/meeting.h"
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/stmt.h"
#include "app/repo/tx.h"
#include "lib/arena.h"
#include "lib/db.h"

enum {
	PAGE_BYTES = 1024 * 1024,	/* of meetings; also of invitees */
	LOAD_BYTES = 16 * 1024 * 1024,	/* of a batch's invitees, beside those
					 * touched */
};

static const struct row_column	meeting_columns[] = {
	COLUMN(struct meeting, id),
	COLUMN(struct meeting, connection_id),
	COLUMN(struct meeting, user_id),
	COLUMN(struct meeting, start_at),
	COLUMN(struct meeting, end_at),
	COLUMN_AS("content", struct meeting, content.text),
	COLUMN_AS("content_version", struct meeting, content.version),
	COLUMN_AS("canceled", struct meeting, canceled.text),
	COLUMN_AS("canceled_version", struct meeting, canceled.version),
	COLUMN_AS("seen_at", struct meeting, presence.seen_at),
	COLUMN_AS("gone_at", struct meeting, presence.gone_at),
	COLUMN(struct meeting, host_timezone),
};
const struct row	meeting_row = ROW(struct meeting, meeting_columns);

/* An invitee, with the id of the meeting it belongs to. */
struct invitee_row {
	const char	*meeting_id;
	struct invitee	 v;
	bool		 over;		/* left out: the page is full */
};

static const struct row_column	invitee_columns[] = {
	COLUMN(struct invitee_row, meeting_id),
	COLUMN_AS("id", struct invitee_row, v.id),
	COLUMN_AS("booked_at", struct invitee_row, v.booked_at),
	COLUMN_AS("content", struct invitee_row, v.content.text),
	COLUMN_AS("content_version", struct invitee_row, v.content.version),
	COLUMN_AS("canceled", struct invitee_row, v.canceled.text),
	COLUMN_AS("canceled_version", struct invitee_row, v.canceled.version),
	COLUMN_AS("no_show", struct invitee_row, v.no_show.text),
	COLUMN_AS("no_show_version", struct invitee_row, v.no_show.version),
	COLUMN_AS("seen_at", struct invitee_row, v.presence.seen_at),
	COLUMN_AS("gone_at", struct invitee_row, v.presence.gone_at),
	COLUMN(struct invitee_row, over),
};
const struct row	invitee_row = ROW(struct invitee_row, invitee_columns);

static const struct row_column	invitee_ref_columns[] = {
	COLUMN(struct invitee_ref, meeting_id),
	COLUMN(struct invitee_ref, id),
};
const struct row	invitee_ref_row = ROW(struct invitee_ref,
			    invitee_ref_columns);

/*
 * The rows of an answer, ordered by meeting; "taken" counts those that were
 * given to their meetings.
 */
struct invitee_rows {
	struct invitee_row	*all;
	int			 n;
	int			 taken;
};

/*
 * Reads the meeting's invitees from the next rows, as far as they belong to it.
 * A row without content only tells that the meeting has more invitees.
 */
static void
take_invitees(struct arena *mem, struct invitee_rows *rows, struct meeting *m)
{
	const struct invitee_row	*r = rows->all + rows->taken;
	int				 i, n = 0;

	while (rows->taken + n < rows->n &&
	    strcmp(r[n].meeting_id, m->id) == 0)
		n++;
	m->invitees = arena_array(mem, (size_t)n, sizeof(*m->invitees));
	m->ninvitees = 0;
	for (i = 0; i < n; i++)
		if (r[i].v.content.text != NULL)
			m->invitees[m->ninvitees++] = r[i].v;
	m->invitees_more = n > MEETING_INVITEES_MAX || m->ninvitees < n;
	rows->taken += n;
}

/*
 * Adds the invitees that each meeting of a list is shown with.  A meeting whose
 * invitees do not fit into the page loses its content, so that it starts the
 * next page; the first one never does.
 */
static enum cal_err
add_invitees(struct tx *tx, struct meeting *list, int n)
{
	const char	**id = arena_array(tx->mem, (size_t)n, sizeof(*id));
	struct invitee_rows who = { .taken = 0 };
	struct db_rows	  rows;
	enum cal_err	  rc;
	int		  i, fit = 0;

	for (; fit < n && list[fit].content.text != NULL; fit++)
		id[fit] = list[fit].id;
	rc = tx_run(tx, STMT(STMT_MEETING_INVITEES,
	    db_text_list(tx->mem, id, (size_t)fit),
	    db_int(tx->mem, MEETING_INVITEES_MAX + 1),
	    db_int(tx->mem, MEETING_INVITEES_BYTES),
	    db_int(tx->mem, PAGE_BYTES)), &rows);
	if (rc == CAL_OK)
		rc = row_list(tx->mem, &rows, &invitee_row, &who.all, &who.n);
	for (i = 0; rc == CAL_OK && i < fit; i++) {
		take_invitees(tx->mem, &who, &list[i]);
		if (who.taken > 0 && who.all[who.taken - 1].over)
			list[i].content.text = NULL;
	}
	return rc;
}

enum cal_err
meeting_find(struct tx *tx, const char *id, struct meeting *m)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_MEETING_FIND, db_text(id)), &rows);
	if (rc == CAL_OK)
		rc = row_read(tx->mem, &rows, 0, &meeting_row, m);
	return rc == CAL_OK ? add_invitees(tx, m, 1) : rc;
}

enum cal_err
meeting_list(struct tx *tx, const struct meeting_filter *f,
    struct meeting **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_run(tx, DB_QUERY(f->user_id == NULL ? STMT_MEETING_LIST :
	    STMT_MEETING_LIST_OF_USER, db_text(f->user_id),
	    db_text(meeting_status_name(f->status)), db_text(f->from),
	    db_text(f->to), db_text(f->after_start), db_text(f->after_id),
	    db_int(tx->mem, f->limit), db_int(tx->mem, PAGE_BYTES)), &rows);
	if (rc == CAL_OK)
		rc = row_list(tx->mem, &rows, &meeting_row, out, n);
	return rc == CAL_OK ? add_invitees(tx, *out, *n) : rc;
}

/*
 * Adds the invitees of those meetings that exist; "m" and the rows are sorted
 * by id.
 */
static enum cal_err
load_invitees(struct tx *tx, struct meeting *m, size_t n,
    const struct invitee_ref *touched, size_t ntouched)
{
	const char	**id = arena_array(tx->mem, n, sizeof(*id));
	const char	**of = arena_array(tx->mem, ntouched, sizeof(*of));
	const char	**who = arena_array(tx->mem, ntouched, sizeof(*who));
	struct invitee_rows found = { .taken = 0 };
	struct db_rows	  rows;
	enum cal_err	  rc;
	size_t		  i, nid = 0;

	for (i = 0; i < n; i++)
		if (m[i].content.version != NULL)
			id[nid++] = m[i].id;
	for (i = 0; i < ntouched; i++) {
		of[i] = touched[i].meeting_id;
		who[i] = touched[i].id;
	}
	if (nid == 0)
		return CAL_OK;
	rc = tx_run(tx, STMT(STMT_INVITEE_LOAD, db_text_list(tx->mem, id, nid),
	    db_text_list(tx->mem, of, ntouched), db_text_list(tx->mem, who,
	    ntouched), db_int(tx->mem, MEETING_INVITEES_TOLD + 1),
	    db_int(tx->mem, MEETING_INVITEES_BYTES),
	    db_int(tx->mem, LOAD_BYTES)), &rows);
	if (rc == CAL_OK)
		rc = row_list(tx->mem, &rows, &invitee_row, &found.all,
		    &found.n);
	for (i = 0; rc == CAL_OK && i < n; i++)
		take_invitees(tx->mem, &found, &m[i]);
	return rc;
}

enum cal_err
meeting_load(struct tx *tx, struct meeting *m, size_t n,
    const struct invitee_ref *touched, size_t ntouched)
{
	const char	**id = arena_array(tx->mem, n, sizeof(*id));
	const char	**connection = arena_array(tx->mem, n,
	    sizeof(*connection));
	struct meeting	 *found;
	struct db_rows	  rows;
	enum cal_err	  rc;
	size_t		  i;
	int		  nfound;

	for (i = 0; i < n; i++) {
		id[i] = m[i].id;
		connection[i] = m[i].connection_id;
	}
	rc = tx_run(tx, STMT(STMT_MEETING_LOAD, db_text_list(tx->mem, id, n),
	    db_text_list(tx->mem, connection, n)), &rows);
	if (rc == CAL_OK)
		rc = row_list(tx->mem, &rows, &meeting_row, &found, &nfound);
	if (rc != CAL_OK)
		return rc;
	for (i = 0; i < n; i++)
		if (found[i].id != NULL)
			m[i] = found[i];
		else
			m[i].host_timezone = found[i].host_timezone;
	return load_invitees(tx, m, n, touched, ntouched);
}

enum cal_err
meeting_invitees_of(struct tx *tx, const char *const *id, size_t n,
    struct invitee_ref **out, int *nfound)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_run(tx, STMT(STMT_INVITEE_REFS, db_text_list(tx->mem, id, n)),
	    &rows);
	return rc != CAL_OK ? rc : row_list(tx->mem, &rows, &invitee_ref_row,
	    out, nfound);
}

/*
 * Rows to write, in the form that a statement takes: an array for each column.
 */
enum { NCOLUMNS = 11 };
struct columns {
	const char	**cell;		/* column after column */
	size_t		  room;		/* in rows */
	size_t		  n;
};

static void
columns_init(struct columns *c, struct arena *mem, size_t room)
{
	c->cell = arena_array(mem, room * NCOLUMNS, sizeof(*c->cell));
	c->room = room;
	c->n = 0;
}

static void
columns_add(struct columns *c, const char *const row[NCOLUMNS])
{
	size_t	 i;

	for (i = 0; i < NCOLUMNS; i++)
		c->cell[i * c->room + c->n] = row[i];
	c->n++;
}

static enum cal_err
columns_write(struct columns *c, struct tx *tx, int stmt)
{
	struct db_arg	 args[NCOLUMNS];
	size_t		 i;

	if (c->n == 0)
		return CAL_OK;
	for (i = 0; i < NCOLUMNS; i++)
		args[i] = db_text_list(tx->mem, c->cell + i * c->room, c->n);
	return tx_run(tx, (struct db_query){ stmt, NCOLUMNS, args }, NULL);
}

static void
add_meeting(struct columns *c, const struct meeting *m)
{
	const char *const	 row[NCOLUMNS] = {
		m->id, m->connection_id, m->user_id, m->start_at, m->end_at,
		m->content.text, m->content.version, m->canceled.text,
		m->canceled.version, m->presence.seen_at, m->presence.gone_at
	};

	if (m->altered)
		columns_add(c, row);
}

static void
add_invitee(struct columns *c, const struct meeting *m,
    const struct invitee *v)
{
	const char *const	 row[NCOLUMNS] = {
		m->id, v->id, v->booked_at, v->content.text,
		v->content.version, v->canceled.text, v->canceled.version,
		v->no_show.text, v->no_show.version, v->presence.seen_at,
		v->presence.gone_at
	};

	if (v->altered)
		columns_add(c, row);
}

enum cal_err
meeting_save(struct tx *tx, const struct meeting *m, size_t n)
{
	struct columns	 meetings, invitees;
	enum cal_err	 rc;
	size_t		 i, ninvitees = 0;
	int		 k;

	for (i = 0; i < n; i++)
		ninvitees += (size_t)m[i].ninvitees;
	columns_init(&meetings, tx->mem, n);
	columns_init(&invitees, tx->mem, ninvitees);
	for (i = 0; i < n; i++) {
		add_meeting(&meetings, &m[i]);
		for (k = 0; k < m[i].ninvitees; k++)
			add_invitee(&invitees, &m[i], &m[i].invitees[k]);
	}
	rc = columns_write(&meetings, tx, STMT_MEETING_SAVE);
	if (rc == CAL_OK)
		rc = columns_write(&invitees, tx, STMT_INVITEE_SAVE);
	return rc;
}
