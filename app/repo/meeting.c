/*
 * meeting: see meeting.h.
 */
#include <string.h>

#include "app/repo/meeting.h"
#include "app/repo/stmt.h"
#include "app/repo/tx.h"
#include "lib/arena.h"
#include "lib/db.h"

enum {
	PAGE_BYTES = 1024 * 1024,	/* of meetings; of invitees */
	LOAD_BYTES = 16 * 1024 * 1024,	/* of invitees that are only shown */
};

static struct reg
reg_from_row(const struct db_rows *rows, int i, int col)
{
	return (struct reg){
		.text = db_cell(rows, i, col),
		.version = db_cell(rows, i, col + 1),
	};
}

static void
meeting_from_row(const struct db_rows *rows, int i, struct meeting *m)
{
	m->id = db_cell(rows, i, 0);
	m->connection_id = db_cell(rows, i, 1);
	m->user_id = db_cell(rows, i, 2);
	m->start_at = db_cell(rows, i, 3);
	m->end_at = db_cell(rows, i, 4);
	m->content = reg_from_row(rows, i, 5);
	m->canceled = reg_from_row(rows, i, 7);
	m->host_timezone = db_cell(rows, i, 9);
}

static void
invitee_from_row(const struct db_rows *rows, int i, struct invitee *v)
{
	v->id = db_cell(rows, i, 1);
	v->booked_at = db_cell(rows, i, 2);
	v->content = reg_from_row(rows, i, 3);
	v->canceled = reg_from_row(rows, i, 5);
	v->no_show = reg_from_row(rows, i, 7);
}

/*
 * The run of rows that begins at "from" and is of this meeting.  Those that
 * came without content only tell that there are more.
 */
static int
take_invitees(struct arena *mem, const struct db_rows *rows, int from,
    struct meeting *m)
{
	int	 i, n = 0;

	while (from + n < rows->n &&
	    strcmp(db_cell(rows, from + n, 0), m->id) == 0)
		n++;
	m->invitees = arena_array(mem, (size_t)n, sizeof(*m->invitees));
	m->ninvitees = 0;
	for (i = from; i < from + n; i++)
		if (!db_cell_null(rows, i, 3))
			invitee_from_row(rows, i,
			    &m->invitees[m->ninvitees++]);
	m->invitees_more = n > MEETING_INVITEES_MAX || m->ninvitees < n;
	return from + n;
}

/*
 * What every meeting of a list is shown with.  One that the page has no room
 * for loses its content; it is never the first.
 */
static enum cal_err
add_invitees(struct tx *tx, struct meeting *list, int n)
{
	const char	**id = arena_array(tx->mem, (size_t)n, sizeof(*id));
	struct db_rows	  rows;
	enum cal_err	  rc;
	int		  i, at = 0, fit = 0;

	for (; fit < n && list[fit].content.text != NULL; fit++)
		id[fit] = list[fit].id;
	rc = tx_run(tx, STMT(STMT_MEETING_INVITEES,
	    db_text_list(tx->mem, id, (size_t)fit),
	    db_int(tx->mem, MEETING_INVITEES_MAX + 1),
	    db_int(tx->mem, MEETING_INVITEES_BYTES),
	    db_int(tx->mem, PAGE_BYTES)), &rows);
	for (i = 0; rc == CAL_OK && i < fit; i++) {
		at = take_invitees(tx->mem, &rows, at, &list[i]);
		if (at > 0 && db_cell_bool(&rows, at - 1, 9))
			list[i].content.text = NULL;
	}
	return rc;
}

enum cal_err
meeting_find(struct tx *tx, const char *id, struct meeting *m)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	memset(m, 0, sizeof(*m));
	rc = tx_one(tx, STMT(STMT_MEETING_FIND, db_text(id)), &rows);
	if (rc != CAL_OK)
		return rc;
	meeting_from_row(&rows, 0, m);
	return add_invitees(tx, m, 1);
}

enum cal_err
meeting_list(struct tx *tx, const struct meeting_filter *f,
    struct meeting **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;
	int		 i;

	rc = tx_run(tx, DB_QUERY(f->user_id == NULL ? STMT_MEETING_LIST :
	    STMT_MEETING_LIST_OF_USER, db_text(f->user_id),
	    db_text(f->status), db_text(f->from), db_text(f->to),
	    db_text(f->after_start), db_text(f->after_id),
	    db_int(tx->mem, f->limit), db_int(tx->mem, PAGE_BYTES)), &rows);
	if (rc != CAL_OK)
		return rc;
	*out = arena_array(tx->mem, (size_t)rows.n, sizeof(**out));
	for (i = 0; i < rows.n; i++)
		meeting_from_row(&rows, i, &(*out)[i]);
	*n = rows.n;
	return add_invitees(tx, *out, *n);
}

/* The invitees of those that are there; "m" and the rows are sorted. */
static enum cal_err
load_invitees(struct tx *tx, struct meeting *m, size_t n,
    const struct invitee_ref *touched, size_t ntouched)
{
	const char	**id = arena_array(tx->mem, n, sizeof(*id));
	const char	**of = arena_array(tx->mem, ntouched, sizeof(*of));
	const char	**who = arena_array(tx->mem, ntouched, sizeof(*who));
	struct db_rows	  rows;
	enum cal_err	  rc;
	size_t		  i, nid = 0;
	int		  at = 0;

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
	for (i = 0; rc == CAL_OK && i < n; i++)
		at = take_invitees(tx->mem, &rows, at, &m[i]);
	return rc;
}

enum cal_err
meeting_load(struct tx *tx, struct meeting *m, size_t n,
    const struct invitee_ref *touched, size_t ntouched)
{
	const char	**id = arena_array(tx->mem, n, sizeof(*id));
	const char	**connection = arena_array(tx->mem, n,
	    sizeof(*connection));
	struct db_rows	  rows;
	enum cal_err	  rc;
	size_t		  i;

	for (i = 0; i < n; i++) {
		id[i] = m[i].id;
		connection[i] = m[i].connection_id;
	}
	rc = tx_run(tx, STMT(STMT_MEETING_LOAD, db_text_list(tx->mem, id, n),
	    db_text_list(tx->mem, connection, n)), &rows);
	if (rc != CAL_OK)
		return rc;
	for (i = 0; i < n; i++) {
		if (!db_cell_null(&rows, (int)i, 0))
			meeting_from_row(&rows, (int)i, &m[i]);
		else
			m[i].host_timezone = db_cell(&rows, (int)i, 9);
	}
	return load_invitees(tx, m, n, touched, ntouched);
}

/* Rows to write, as a statement takes them: an array for each column. */
enum { NCOLUMNS = 9 };
struct columns {
	const char	**cell;		/* column by column */
	size_t		  room;		/* rows */
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
		m->canceled.version
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
		v->no_show.text, v->no_show.version
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
