/*
 * reading: reads the invitees of the events that a walk has listed, and looks
 * for the events that the list did not show.
 */
#include <stdbool.h>
#include <string.h>

#include "app/calendly/scheduled_invitees.h"
#include "app/calendly/scheduled_list.h"
#include "app/domain/policy.h"
#include "app/repo/tx.h"
#include "app/service/calls/together.h"
#include "app/service/service.h"
#include "app/service/sync/found.h"
#include "app/service/sync/walk.h"
#include "lib/arena.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/when.h"

enum {
	ROUNDS = 4,		/* how often one follows another in a step */
	LARGE = 100,		/* an event with more invitees than this */
	LARGE_AT_ONCE = 4,	/* ... of which so many are read in a step */
	/*
	 * No further event is begun in a step whose memory holds this much.  An
	 * event has up to 5,000 invitees, of which each takes 6 KB when it is
	 * read and 12 KB more when it is merged.  So a step takes about 64 MiB
	 * and four such events, three times: less than its bound (sync.c).
	 */
	ENOUGH = 64 * 1024 * 1024,
};

/* For an event's text, which is a part of an answer that was read before. */
static const struct json_caps	EVENT_CAPS = {
	.size = 2 * 1024 * 1024,
	.depth = 40,
	.count = 20 * 1000,
};

struct batch {
	const struct walk	*w;
	struct found_event	*all;
	size_t			 n;
	int			 large;		/* events with many invitees
						 * that were begun */
};

static enum cal_err
read_invitees(const struct errand *e, const struct secret *token,
    struct found_event *f)
{
	f->invitees_at = when_now(e->mem, -POLICY_READ_LAG);
	return scheduled_invitees(errand_behalf(e), token, f->work->uri,
	    &f->invitees);
}

/*
 * Says whether what was read in this step takes so much memory that the rest
 * must wait for the next one.  An event that was not begun stays on the list.
 */
static bool
is_full(const struct errand *e)
{
	return arena_held(e->mem) > ENOUGH;
}

/*
 * Says whether an event has so many invitees that it waits for the next step,
 * because this one has begun some such events.  An event that does not say how
 * many it has may have many.
 */
static bool
is_too_large(struct batch *b, const struct json_node *event)
{
	int64_t	 n;

	if (json_int(event, "invitees_counter.total", &n) && n <= LARGE)
		return false;
	return b->large++ >= LARGE_AT_ONCE;
}

/*
 * An event that can't be read now must not keep the others from being read.
 * Only an error that concerns all of them ends the step.
 */
static enum cal_err
end_step(enum cal_err rc)
{
	return rc == CAL_UNAUTHORIZED || rc == CAL_UNAVAILABLE ? rc : CAL_OK;
}

static enum cal_err
read_listed(const struct errand *e, size_t i, void *arg)
{
	struct batch		*b = arg;
	struct found_event	*f = &b->all[i];
	const char		*why;

	if (is_full(e))
		return CAL_OK;
	f->event_at = f->work->asked_at;
	if (json_parse(e->mem, f->work->event, strlen(f->work->event),
	    &EVENT_CAPS, &f->event, &why) != CAL_OK) {
		log_warn("sync: event %s: what was stored of it is not JSON: "
		    "%s", f->work->uri, why);
		f->rc = CAL_INVALID;
		return CAL_OK;
	}
	if (is_too_large(b, f->event))
		return CAL_OK;
	f->rc = read_invitees(e, b->w->token, f);
	return end_step(f->rc);
}

static enum cal_err
read_missing(const struct errand *e, size_t i, void *arg)
{
	struct batch		*b = arg;
	struct found_event	*f = &b->all[i];
	struct scheduled_entry	 entry;

	if (is_full(e))
		return CAL_OK;
	f->event_at = when_now(e->mem, -POLICY_READ_LAG);
	f->rc = scheduled_find(errand_behalf(e), b->w->token, f->work->uri,
	    &entry);
	if (f->rc != CAL_OK)
		return end_step(f->rc);
	f->event = entry.json;
	if (is_too_large(b, f->event)) {
		f->rc = CAL_CONFLICT;
		return CAL_OK;
	}
	f->rc = read_invitees(e, b->w->token, f);
	/* Only the event itself says whether it is gone. */
	if (f->rc == CAL_NOTFOUND)
		f->rc = CAL_INVALID;
	return end_step(f->rc);
}

static enum cal_err
take_batch(struct walk *w, bool missing, struct batch *b)
{
	struct sync_work	*work;
	struct tx		 tx;
	enum cal_err		 rc;
	int			 i, n;

	if ((rc = errand_begin(&w->e, &tx)) != CAL_OK)
		return rc;
	rc = tx_leave(&tx, sync_next(&tx, w->e.connection_id, missing,
	    w->s.at_once * ROUNDS, &work, &n));
	if (rc != CAL_OK)
		return rc;
	*b = (struct batch){ .w = w, .n = (size_t)n };
	b->all = arena_array(w->e.mem, b->n, sizeof(*b->all));
	for (i = 0; i < n; i++)
		b->all[i] = (struct found_event){
			.work = &work[i], .rc = CAL_CONFLICT
		};
	return CAL_OK;
}

/*
 * Reads some events.  What was read before an error is stored all the same, so
 * that a walk with a small budget gets on; and with it, how many to read at the
 * same time from now on.
 */
static enum cal_err
read_some(struct walk *w, struct batch *b, together_piece *one)
{
	enum cal_err	 rc, stored;

	w->e.cal->pace = (struct pace){ 0 };
	rc = together(&w->e, b->n, (size_t)w->s.at_once, one, b);
	w->s.at_once = pace_next(&w->e.cal->pace, w->s.at_once);
	stored = found_store(w, b->all, b->n);
	return stored != CAL_OK ? stored : rc;
}

static enum cal_err
next_phase(struct walk *w)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(&w->e, &tx)) != CAL_OK)
		return rc;
	return tx_end(&tx, sync_next_phase(&tx, w->e.connection_id,
	    w->s.walk));
}

enum cal_err
reading_step(struct walk *w)
{
	struct batch	 b;
	enum cal_err	 rc;

	if ((rc = take_batch(w, false, &b)) != CAL_OK)
		return rc;
	return b.n == 0 ? next_phase(w) : read_some(w, &b, read_listed);
}

enum cal_err
missing_step(struct walk *w)
{
	struct batch	 b;
	enum cal_err	 rc;

	if ((rc = take_batch(w, true, &b)) != CAL_OK)
		return rc;
	return b.n == 0 ? absent_step(w) : read_some(w, &b, read_missing);
}
