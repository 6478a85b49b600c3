/*
 * reading: reads the invitees of the events that a walk has listed, and looks
 * for the events that the list did not show.
 */
#include <string.h>

#include "app/calendly/scheduled_invitees.h"
#include "app/calendly/scheduled_list.h"
#include "app/domain/policy.h"
#include "app/repo/tx.h"
#include "app/service/calls/together.h"
#include "app/service/sync/found.h"
#include "app/service/sync/walk.h"
#include "lib/arena.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/when.h"

enum {
	BATCH = 16,		/* events read in one step ... */
	BATCH_INVITEES = 1000,	/* ... with so many invitees, roughly; but one
				 * event at least */
	AT_ONCE = 4,		/* calls under way at one time */
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

	if (f->event == NULL)
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

	f->event_at = when_now(e->mem, -POLICY_READ_LAG);
	f->rc = scheduled_find(errand_behalf(e), b->w->token, f->work->uri,
	    &entry);
	if (f->rc != CAL_OK)
		return end_step(f->rc);
	f->event = entry.json;
	f->rc = read_invitees(e, b->w->token, f);
	return end_step(f->rc);
}

/* Parses what the list has shown of an event. */
static void
parse_listed(struct arena *mem, struct found_event *f)
{
	const char	*why;

	f->event_at = f->work->asked_at;
	if (json_parse(mem, f->work->event, strlen(f->work->event),
	    &EVENT_CAPS, &f->event, &why) == CAL_OK)
		return;
	log_warn("sync: event %s: what was stored of it is not JSON: %s",
	    f->work->uri, why);
	f->event = NULL;
	f->rc = CAL_INVALID;
}

/*
 * Adds the next events to the batch, as many as a step has memory for: a group
 * event can have thousands of invitees.
 */
static void
fill_batch(struct walk *w, const struct sync_work *work, int n, struct batch *b)
{
	struct found_event	*f;
	int64_t			 sum = 0, total;
	int			 i;

	b->all = arena_array(w->e.mem, (size_t)n, sizeof(*b->all));
	for (i = 0; i < n && sum < BATCH_INVITEES; i++) {
		f = &b->all[b->n++];
		*f = (struct found_event){
			.work = &work[i], .rc = CAL_CONFLICT
		};
		if (work[i].event == NULL)
			continue;
		parse_listed(w->e.mem, f);
		if (json_int(f->event, "invitees_counter.total", &total) &&
		    total > 0)
			sum += total < BATCH_INVITEES ? total : BATCH_INVITEES;
	}
}

static enum cal_err
take_batch(struct walk *w, bool missing, struct batch *b)
{
	struct sync_work	*work;
	struct tx		 tx;
	enum cal_err		 rc;
	int			 n;

	*b = (struct batch){ .w = w };
	if ((rc = errand_begin(&w->e, &tx)) != CAL_OK)
		return rc;
	rc = tx_leave(&tx, sync_next(&tx, w->e.connection_id, missing, BATCH,
	    &work, &n));
	if (rc == CAL_OK)
		fill_batch(w, work, n, b);
	return rc;
}

/*
 * Reads some events.  What was read before an error is stored all the same, so
 * that a walk with a small budget gets on.
 */
static enum cal_err
read_some(struct walk *w, struct batch *b, together_piece *one)
{
	enum cal_err	 rc, stored;

	rc = together(&w->e, b->n, AT_ONCE, one, b);
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
	w->complete = b.n == 0;
	return w->complete ? CAL_OK : read_some(w, &b, read_missing);
}
