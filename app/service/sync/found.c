/*
 * found: see found.h.
 */
#include <string.h>

#include "app/calendly/sighting.h"
#include "app/metric/metric.h"
#include "app/repo/tx.h"
#include "app/service/sync/changes.h"
#include "app/service/sync/found.h"
#include "app/service/sync/walk.h"
#include "lib/arena.h"
#include "lib/log.h"

enum { TRIES_MOST = 3 };	/* of one event, while others can be read */

/* What the events of one step say, and what it changes. */
struct finding {
	struct walk		*w;
	struct found_event	*all;
	size_t			 n;
	struct sighting		*seen;		/* of all events, in order */
	size_t			 total;
	struct changes		 changes;
	struct sync_done	*done;
	struct sync_count	 count;
};

static size_t
most_sightings(const struct finding *f)
{
	size_t	 i, n = 0;

	for (i = 0; i < f->n; i++)
		n += f->all[i].invitees.n + 1;
	return n;
}

/* Reads one sighting; what can't be read is counted. */
static void
see_one(struct finding *f, size_t i, const struct json_node *invitee)
{
	const struct found_event	*e = &f->all[i];
	const struct sighting_source	 src = {
		.connection_id = f->w->e.connection_id,
		.sent_at = e->invitees_at,
		.event_sent_at = e->event_at,
		.received_at = e->invitees_at,
		.invitee = invitee,
		.event = e->event,
	};

	if (sighting_read(f->w->e.mem, &src, &f->seen[f->total]))
		f->total++;
	else
		f->done[i].unread = true;
}

/* An event that has no invitees is seen all the same. */
static void
see_event(struct finding *f, size_t i)
{
	const struct found_event	*e = &f->all[i];
	const size_t			 before = f->total;
	size_t				 k;

	if (e->rc == CAL_NOTFOUND && e->work->event == NULL &&
	    sighting_gone(f->w->e.mem, f->w->e.connection_id, e->work->uri,
	    NULL, e->event_at, &f->seen[f->total]))
		f->total++;
	if (e->rc != CAL_OK)
		return;
	for (k = 0; k < e->invitees.n; k++)
		see_one(f, i, e->invitees.all[k]);
	if (f->total == before)
		see_one(f, i, NULL);
	f->done[i].unread = f->done[i].unread || e->invitees.unread > 0 ||
	    !e->invitees.whole;
	f->count.events++;
	f->count.invitees += (int64_t)e->invitees.n;
}

/* Says whether Calendly has answered about this event, be it with a refusal. */
static bool
was_answered(enum cal_err rc)
{
	return rc == CAL_OK || rc == CAL_NOTFOUND || rc == CAL_DENIED ||
	    rc == CAL_INVALID;
}

/*
 * Returns the first error if Calendly has answered about no event.  Refusals,
 * and answers that make no sense, concern single events, such as those of an
 * organization that the user has left: that Calendly shows the user's list is
 * known by now.
 */
static enum cal_err
common_failure(const struct found_event *all, size_t n)
{
	size_t	 i;

	for (i = 0; i < n; i++)
		if (was_answered(all[i].rc))
			return CAL_OK;
	return all[0].rc;
}

/*
 * Says whether an error that all have in common is none of theirs: then nothing
 * is counted against them.  It is one of theirs if each has failed before,
 * among others that could be read: by themselves such events would never end.
 * It may be one of theirs if nothing could be read for long: then those are
 * tried that come behind them.
 */
static bool
is_nobodys_fault(const struct walk *w, const struct found_event *all, size_t n)
{
	size_t	 i;

	for (i = 0; i < n; i++)
		if (all[i].work->tries == 0)
			return !w->s.long_unreachable;
	return false;
}

static bool
was_tried(enum cal_err rc)
{
	return rc != CAL_CONFLICT && rc != CAL_UNAVAILABLE &&
	    rc != CAL_UNAUTHORIZED;
}

/* Decides what becomes of an event that could not be read. */
static void
settle_failure(struct finding *f, size_t i)
{
	const struct found_event	*e = &f->all[i];
	struct sync_done		*d = &f->done[i];

	if (e->rc == CAL_NOTFOUND) {
		d->missing = e->work->event != NULL;
		d->gone = !d->missing;
		return;
	}
	d->unread = e->work->tries + 1 >= TRIES_MOST;
	d->failed = !d->unread;
	if (d->unread)
		log_warn("sync: connection %s: event %s: could not be read %d "
		    "times (%s): left out", f->w->e.connection_id, e->work->uri,
		    e->work->tries + 1, err_name(e->rc));
}

/*
 * Reads the sightings.  Events that were not tried are left as they are: they
 * are not among those that are done.
 */
static void
look_at_all(struct finding *f)
{
	struct arena	*mem = f->w->e.mem;
	size_t		 i, k = 0;

	f->seen = arena_array(mem, most_sightings(f), sizeof(*f->seen));
	f->done = arena_array(mem, f->n, sizeof(*f->done));
	for (i = 0; i < f->n; i++)
		if (f->all[i].rc == CAL_OK || was_tried(f->all[i].rc))
			f->all[k++] = f->all[i];
	f->n = k;
	for (i = 0; i < f->n; i++) {
		f->done[i].work = f->all[i].work;
		f->done[i].invitees_at = f->all[i].invitees_at;
		if (f->all[i].rc != CAL_OK)
			settle_failure(f, i);
		see_event(f, i);
		f->count.unread += f->done[i].unread ? 1 : 0;
	}
}

static enum cal_err
found_apply(struct finding *f, struct tx *tx)
{
	struct changes	*c = &f->changes;
	enum cal_err	 rc;

	*c = (struct changes){ .w = f->w, .seen = f->seen, .n = f->total };
	if ((rc = changes_apply(c, tx)) != CAL_OK)
		return rc;
	f->count.changes = c->nevents;
	f->count.missed_by_webhook = c->missed_by_webhook;
	f->count.missed_by_poll = c->missed_by_poll;
	if ((rc = sync_store_done(tx, f->w->e.connection_id, &f->w->s, f->done,
	    f->n, &f->count)) != CAL_OK)
		return rc;
	return changes_tell(c, tx);
}

/* Counts what was read and found, after its commit. */
static void
count_found(const struct finding *f)
{
	changes_count(&f->changes);
	metric_sync_read("events", f->count.events);
	metric_sync_read("invitees", f->count.invitees);
	metric_sync_read("unread", f->count.unread);
}

enum cal_err
found_store(struct walk *w, struct found_event *all, size_t n)
{
	struct finding		 f = { .w = w, .all = all, .n = n };
	const enum cal_err	 common = common_failure(all, n);
	struct tx		 tx;
	enum cal_err		 rc;

	if (common != CAL_OK && is_nobodys_fault(w, all, n))
		return common == CAL_CONFLICT ? CAL_OK : common;
	look_at_all(&f);
	if (f.n == 0)
		return CAL_OK;
	if ((rc = errand_begin(&w->e, &tx)) != CAL_OK)
		return rc;
	if ((rc = tx_end(&tx, found_apply(&f, &tx))) != CAL_OK)
		return rc;
	count_found(&f);
	return common == CAL_UPSTREAM ? common : CAL_OK;
}
