/*
 * engine_record: see engine_own.h.
 */
#include <string.h>

#include "app/repo/push.h"
#include "app/service/push/engine_own.h"
#include "app/service/push/flight.h"
#include "app/service/push/news.h"
#include "app/service/service.h"
#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"

enum {
	LINGER_MS = 300,	/* for which an idle claim is kept */
};

/* What is recorded of one target. */
struct recorded {
	struct target			*target;
	const struct push_progress	*progress;	/* or NULL */
};

/* What one statement records. */
struct record {
	struct push_result	*results;
	int			 nresults;
	struct push_progress	*progress;
	int			 nprogress;
	struct recorded		*of;
	int			 n;
};

/*
 * Says when the claim of a target is given up: nothing is in flight, and
 * nothing more will be sent soon.
 */
static int64_t
release_due(const struct engine *e, const struct target *t)
{
	bool	 probe;

	if (e->leaving || (t->lost && t->in_flight == 0))
		return t->retry_at;
	if (t->lost)
		return INT64_MAX;
	if (t->in_flight > 0 || (t->more &&
	    target_room(t, engine_db_now(e), &probe) > 0))
		return INT64_MAX;
	return t->busy_at + LINGER_MS > t->retry_at ? t->busy_at + LINGER_MS :
	    t->retry_at;
}

int64_t
engine_record_due(const struct engine *e)
{
	const struct target	*t;
	int64_t			 due = e->record_at, one;

	for (t = e->targets; t != NULL; t = t->next)
		if ((one = release_due(e, t)) < due)
			due = one;
	return due;
}

static void
drop_target(struct engine *e, struct target *t)
{
	struct target	**at = &e->targets;

	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	while (t->flights != NULL)
		flight_free(t->flights);
	target_free(t);
}

void
engine_forget(struct engine *e)
{
	while (e->targets != NULL)
		drop_target(e, e->targets);
}

static void
drop_ended(struct target *t)
{
	struct flight	*f, *next;

	for (f = t->flights; f != NULL; f = next) {
		next = f->next;
		if (f->ended)
			flight_free(f);
	}
}

static bool
has_ended(const struct target *t)
{
	const struct flight	*f;

	for (f = t->flights; f != NULL; f = f->next)
		if (f->ended)
			return true;
	return false;
}

/*
 * Adds what is to be recorded of a target; "now" is clock_ms().  Of one that is
 * abandoned only what has ended: its claim may be another's, or that of a
 * younger target.
 */
static void
add_target(struct record *r, const struct engine *e, struct target *t,
    int64_t now)
{
	const bool		 release = release_due(e, t) <= now;
	const struct flight	*f;

	if (!release && !t->dirty && !has_ended(t))
		return;
	for (f = t->flights; f != NULL; f = f->next)
		if (f->ended)
			r->results[r->nresults++] = f->result;
	r->of[r->n].target = t;
	if (!t->abandoned) {
		r->of[r->n].progress = &r->progress[r->nprogress];
		r->progress[r->nprogress++] = (struct push_progress){
			.destination_id = t->id,
			.version = t->version,
			.cursor = target_cursor(e->targets, t),
			.release = release,
			.health = t->health,
		};
	}
	r->n++;
}

static void
gather(const struct engine *e, struct record *r)
{
	const int64_t		 now = clock_ms();
	const struct flight	*f;
	struct target		*t;
	size_t			 targets = 0, flights = 0;

	for (t = e->targets; t != NULL; t = t->next) {
		targets++;
		for (f = t->flights; f != NULL; f = f->next)
			flights++;
	}
	r->results = arena_array(e->mem, flights, sizeof(*r->results));
	r->progress = arena_array(e->mem, targets, sizeof(*r->progress));
	r->of = arena_array(e->mem, targets, sizeof(*r->of));
	for (t = e->targets; t != NULL; t = t->next)
		add_target(r, e, t, now);
}

static bool
is_left(const char *const *left, const char *id)
{
	for (; *left != NULL; left++)
		if (strcmp(*left, id) == 0)
			return true;
	return false;
}

/*
 * Notes that a target was recorded, unless it is among those that are left
 * because somebody has locked them.  What must be told is told now and not
 * before, because telling may change the destination, and then its pushes that
 * failed would not be recorded.
 */
static void
note_recorded(struct engine *e, const struct recorded *of,
    const char *const *left)
{
	struct target	*t = of->target;
	const bool	 had = has_ended(t);

	if (is_left(left, t->id)) {
		e->record_at = t->retry_at = clock_ms() + ENGINE_HELD_MS;
		return;
	}
	drop_ended(t);
	t->dirty = false;
	if (!t->lost)
		news_tell(e->cal, e->mem, t);
	if (of->progress == NULL ? e->leaving || t->in_flight == 0 :
	    of->progress->release)
		drop_target(e, t);
	else if (had)
		t->look_at = 0;		/* the next of a lane may go */
}

/*
 * Records one destination alone.  What the database refuses for good is
 * forgotten, and the claim left to end by itself: then it is pushed again.
 */
static enum cal_err
record_alone(struct engine *e, const struct recorded *of, int nresults)
{
	struct target		*t = of->target;
	struct push_result	*results;
	const char *const	*left;
	const struct flight	*f;
	enum cal_err		 rc;
	int			 n = 0;

	results = arena_array(e->mem, (size_t)nresults, sizeof(*results));
	for (f = t->flights; f != NULL; f = f->next)
		if (f->ended)
			results[n++] = f->result;
	rc = push_record(e->cal->db, e->mem, e->cal->owner, results, n,
	    of->progress, of->progress == NULL ? 0 : 1, &left);
	if (rc == CAL_OK) {
		note_recorded(e, of, left);
	} else if (rc != CAL_UNAVAILABLE && rc != CAL_CONFLICT) {
		log_warn("push: destination %s: what became of %d pushes can't "
		    "be recorded, see above: they are pushed again", t->id, n);
		drop_ended(t);
		t->dirty = false;
		t->abandoned = t->lost = true;
		if (t->in_flight == 0)
			drop_target(e, t);
		rc = CAL_OK;
	}
	return rc;
}

static enum cal_err
record_all(struct engine *e, const struct record *r)
{
	const char *const	*left;
	enum cal_err		 rc;
	int			 i;

	rc = push_record(e->cal->db, e->mem, e->cal->owner, r->results,
	    r->nresults, r->progress, r->nprogress, &left);
	if (rc == CAL_OK)
		for (i = 0; i < r->n; i++)
			note_recorded(e, &r->of[i], left);
	else if (rc != CAL_UNAVAILABLE && rc != CAL_CONFLICT)
		for (i = 0, rc = CAL_OK; rc == CAL_OK && i < r->n; i++)
			rc = record_alone(e, &r->of[i], r->nresults);
	return rc;
}

bool
engine_record(struct engine *e)
{
	struct record	 r = { .n = 0 };

	if (engine_record_due(e) > clock_ms())
		return true;
	gather(e, &r);
	e->record_at = INT64_MAX;
	if (r.n == 0 || record_all(e, &r) == CAL_OK)
		return true;
	e->record_at = e->due = clock_ms() + ENGINE_AWAY_MS;
	return false;
}
