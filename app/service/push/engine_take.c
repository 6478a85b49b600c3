/*
 * engine_take: see engine_own.h.
 */
#include <string.h>

#include "app/repo/push.h"
#include "app/service/push/engine_own.h"
#include "app/service/push/flight.h"
#include "app/service/push/news.h"
#include "app/service/service.h"
#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/db.h"
#include "lib/err.h"
#include "lib/log.h"

enum {
	ASIDE_MOST = 2,		/* by one try: if more fail, it is not they */
	RENEW_MS = 5 * 1000,
};

static int64_t
take_due(const struct engine *e, const struct budget *b,
    const struct target *t)
{
	bool	 probe;

	if (t->lost || t->unfit != NULL)
		return INT64_MAX;
	if (engine_room(e, b, t, &probe) > 0) {
		if (t->more)
			return 0;
		if (t->look_at < t->renew_at)
			return t->look_at;
	}
	return t->renew_at;
}

int64_t
engine_take_due(const struct engine *e)
{
	const struct budget	 b = engine_budget(e);
	const struct target	*t;
	int64_t			 due = INT64_MAX, one;

	if (e->shut && clock_ms() < e->ask_at)
		return e->ask_at;
	for (t = e->targets; t != NULL; t = t->next)
		if ((one = take_due(e, &b, t)) < due)
			due = one;
	return due;
}

/* What one statement takes. */
struct take {
	struct push_room	*rooms;
	struct target		**of;		/* target of each room */
	struct push_busy	*busy;
	int			 n;
	int			 nbusy;
};

static void
add_room(struct take *k, struct engine *e, struct budget *b, struct target *t)
{
	bool		 probe;
	const int	 room = engine_room(e, b, t, &probe);

	b->all -= room;
	if (!t->proven)
		b->doubtful -= room;
	k->rooms[k->n] = (struct push_room){
		.destination_id = t->id,
		.version = t->version,
		.after = t->after,
		.room = room,
		.probe = probe,
	};
	k->of[k->n++] = t;
}

/* What is over but not recorded is busy, too. */
static void
add_busy(struct take *k, const struct target *t)
{
	const struct flight	*f;

	for (f = t->flights; f != NULL; f = f->next)
		k->busy[k->nbusy++] = (struct push_busy){
			.destination_id = t->id,
			.push_id = f->push_id,
			.lane = f->lane,
			.replay = f->replay,
		};
}

/*
 * Collects the targets that are due.  The list of targets is turned, so that
 * each is once the first to get what room there is.
 */
static void
gather_take(struct engine *e, struct take *k)
{
	const int64_t	 now = clock_ms();
	struct budget	 b = engine_budget(e);
	struct target	*t, **end = &e->targets;
	struct flight	*f;
	size_t		 targets = 0, flights = 0;

	for (t = e->targets; t != NULL; t = t->next) {
		targets++;
		for (f = t->flights; f != NULL; f = f->next)
			flights++;
		end = &t->next;
	}
	k->rooms = arena_array(e->mem, targets, sizeof(*k->rooms));
	k->of = arena_array(e->mem, targets, sizeof(struct target *));
	k->busy = arena_array(e->mem, flights, sizeof(*k->busy));
	for (t = e->targets; t != NULL; t = t->next) {
		if (take_due(e, &b, t) <= now)
			add_room(k, e, &b, t);
		add_busy(k, t);
	}
	if (targets > 1) {
		t = e->targets;
		e->targets = t->next;
		t->next = NULL;
		*end = t;
	}
}

/* Finds the target's place in "k"; rows of one target follow each other. */
static int
find_taken(const struct take *k, const char *id, int from)
{
	int	 i;

	for (i = 0; i < k->n; i++)
		if (strcmp(k->of[(from + i) % k->n]->id, id) == 0)
			return (from + i) % k->n;
	return -1;
}

static void
send_taken(struct engine *e, struct target *t, const struct push_taken *row,
    bool probe)
{
	struct flight	*f = flight_new(t, row, probe, engine_db_now(e));
	const char	*why;

	e->in_flight++;
	t->busy_at = clock_ms();
	why = flight_begin(e->many, f, &row->event);
	e->bytes += f->size;
	t->bytes += f->size;
	if (why != NULL)
		engine_settle_unsent(e, f, why);
}

static void
use_row(struct engine *e, struct target *t, const struct push_taken *row,
    bool probe)
{
	const int64_t	 now = clock_ms();

	if (row->lost) {
		t->lost = true;
		return;
	}
	if (row->missed_to > 0)
		news_missed(e->cal, e->mem, t, row->missed_from,
		    row->missed_to);
	t->more = row->more && (row->event.id != NULL || row->after > t->after);
	if (row->after > t->after)
		t->after = row->after;
	t->renew_at = now + RENEW_MS;
	t->look_at = now + ENGINE_LOOK_MS;
	if (row->event.id != NULL)
		send_taken(e, t, row, probe);
}

/* Takes for "n" of those that are due, from the first-th on. */
static enum cal_err
take_some(struct engine *e, const struct take *k, int first, int n)
{
	struct push_taken	*rows;
	int64_t			 now;
	enum cal_err		 rc;
	int			 i, nrows, at = 0;

	rc = push_take(e->cal->db, e->mem, e->cal->owner, ENGINE_CLAIM_SECONDS,
	    k->rooms + first, n, k->busy, k->nbusy, &rows, &nrows, &now);
	if (rc != CAL_OK)
		return rc;
	if (now > 0)
		e->db_ahead = now - clock_ms();
	for (i = 0; i < nrows; i++)
		if ((at = find_taken(k, rows[i].destination_id, at)) != -1)
			use_row(e, k->of[at], &rows[i], k->rooms[at].probe);
		else
			at = 0;
	return CAL_OK;
}

/*
 * Lets the claim of a target end by itself for which nothing can be taken; then
 * it is tried again.
 */
static void
put_aside(struct target *t)
{
	log_warn("push: destination %s: its events can't be read, see above: "
	    "they are tried again after %d s", t->id, ENGINE_CLAIM_SECONDS);
	t->abandoned = t->lost = true;
}

/* Finds the targets that make a take fail, so that they stop no others. */
static void
take_one_by_one(struct engine *e, const struct take *k)
{
	int	 i, failed = 0;

	for (i = 0; i < k->n && failed < ASIDE_MOST &&
	    db_is_connected(e->cal->db); i++)
		if (take_some(e, k, i, 1) != CAL_OK) {
			put_aside(k->of[i]);
			failed++;
		}
}

void
engine_take(struct engine *e)
{
	struct take	 k = { .n = 0 };

	if (engine_take_due(e) > clock_ms() || !engine_may_push(e))
		return;
	gather_take(e, &k);
	if (take_some(e, &k, 0, k.n) == CAL_OK)
		return;
	if (db_is_connected(e->cal->db))
		take_one_by_one(e, &k);
	e->due = clock_ms() + ENGINE_AWAY_MS;
}
