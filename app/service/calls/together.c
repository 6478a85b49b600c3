/*
 * together: see together.h.
 *
 * The task that works on the errand makes a task for each piece and rests.  The
 * runner does not know the pieces: it resumes the errand's task when a call of
 * any of them is over (task_outermost()), and that task resumes the pieces that
 * can go on.
 */
#include <assert.h>
#include <stdint.h>

#include "app/service/calls/split.h"
#include "app/service/calls/together.h"
#include "app/service/service.h"
#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/db.h"
#include "lib/http_loop.h"
#include "lib/log.h"
#include "lib/task.h"

/*
 * While the loop has this many calls under way, an errand has one piece at a
 * time: a task takes about 100 KiB while its call hangs.
 */
enum { CALLS_MOST = 256 };

struct crew;

/* A piece that is under way. */
struct piece {
	struct crew	*crew;
	struct task	*task;		/* NULL: this place is free */
	struct errand	 errand;
	size_t		 i;
	enum cal_err	 rc;
};

struct crew {
	const struct errand *errand;
	together_piece	*work;
	void		*arg;
	struct piece	*pieces;	/* "at_once" places */
	size_t		 at_once;
	size_t		 busy;		/* places that are taken */
	size_t		 n;		/* pieces in all */
	size_t		 next;		/* to be begun */
	enum cal_err	 rc;
	size_t		 failed;	/* the piece whose result "rc" is */
	const char	*request_id;
};

static void
piece_run(void *arg)
{
	struct piece	*p = arg;
	struct crew	*c = p->crew;

	log_request(c->request_id);
	p->rc = c->work(&p->errand, p->i, c->arg);
}

static void
piece_end(struct crew *c, struct piece *p)
{
	if (p->rc != CAL_OK && (c->rc == CAL_OK || p->i < c->failed)) {
		c->rc = p->rc;
		c->failed = p->i;
	}
	split_part_end(c->errand->cal, p->errand.cal);
	p->task = NULL;
	c->busy--;
}

static void
piece_resume(struct crew *c, struct piece *p)
{
	if (!task_resume(p->task))
		piece_end(c, p);
}

static void
piece_begin(struct crew *c)
{
	struct piece	*p = c->pieces;

	while (p->task != NULL)
		p++;
	*p = (struct piece){
		.crew = c, .errand = *c->errand, .i = c->next++
	};
	p->errand.cal = split_part(c->errand->cal, c->errand->mem);
	c->busy++;
	if ((p->task = task_new(piece_run, p)) != NULL) {
		piece_resume(c, p);
		return;
	}
	p->rc = CAL_UNAVAILABLE;
	piece_end(c, p);
}

/* A service without a database has none to wait for. */
static bool
database_is_there(const struct crew *c)
{
	struct db	*db = c->errand->cal->db;

	return db == NULL || db_is_connected(db);
}

static bool
may_begin(const struct crew *c)
{
	if (c->next == c->n || c->rc != CAL_OK || c->busy == c->at_once)
		return false;
	return c->busy == 0 || (database_is_there(c) &&
	    http_loop_calls(c->errand->cal->loop) < CALLS_MOST);
}

/* When a piece wants to be resumed at latest. */
static int64_t
next_due(const struct crew *c)
{
	int64_t	 due, first = INT64_MAX;
	size_t	 i;

	for (i = 0; i < c->at_once; i++)
		if (c->pieces[i].task != NULL &&
		    (due = task_due(c->pieces[i].task)) < first)
			first = due;
	return first;
}

/*
 * Resumes the pieces, but those that want to sleep longer; one whose call is
 * not over rests again at once.  Without a connection to the database none is
 * resumed: the runner connects again, and then resumes this task.
 */
static void
resume_pieces(struct crew *c)
{
	const int64_t	 now = clock_ms();
	struct piece	*p;
	int64_t		 due;
	size_t		 i;

	for (i = 0; i < c->at_once && database_is_there(c); i++) {
		p = &c->pieces[i];
		if (p->task == NULL)
			continue;
		due = task_due(p->task);
		if (due == INT64_MAX || due <= now)
			piece_resume(c, p);
	}
}

static enum cal_err
one_by_one(const struct errand *e, size_t n, together_piece *work, void *arg)
{
	enum cal_err	 rc = CAL_OK;
	size_t		 i;

	for (i = 0; i < n && rc == CAL_OK; i++)
		rc = work(e, i, arg);
	return rc;
}

enum cal_err
together(const struct errand *e, size_t n, size_t at_once,
    together_piece *work, void *arg)
{
	struct crew	*c = arena_alloc(e->mem, sizeof(*c));

	assert(at_once > 0);
	if (e->cal->loop == NULL)
		return one_by_one(e, n, work, arg);
	*c = (struct crew){
		.errand = e, .work = work, .arg = arg, .n = n,
		.pieces = arena_array(e->mem, at_once, sizeof(*c->pieces)),
		.at_once = at_once,
		.request_id = arena_dup(e->mem, log_request_id()),
	};
	for (;;) {
		while (may_begin(c))
			piece_begin(c);
		if (c->busy == 0)
			return c->rc;
		task_rest_until(next_due(c));
		resume_pieces(c);
	}
}
