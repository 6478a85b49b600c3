/*
 * found: see found.h.
 */
#include <string.h>

#include "app/calendly/sighting.h"
#include "app/metric/metric.h"
#include "app/repo/connection.h"
#include "app/repo/event.h"
#include "app/repo/meeting.h"
#include "app/repo/tx.h"
#include "app/service/meeting/picture.h"
#include "app/service/meeting/room.h"
#include "app/service/service.h"
#include "app/service/sync/found.h"
#include "app/service/sync/walk.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/log.h"
#include "lib/when.h"

enum { TRIES_MOST = 3 };	/* of one event, while others can be read */

/* What the events of one step say, and what it changes. */
struct finding {
	struct walk		*w;
	struct found_event	*all;
	size_t			 n;
	struct sighting		*seen;		/* of all events, in order */
	size_t			*nseen;		/* of each event */
	size_t			 total;
	struct picture		 picture;
	struct event_new	*events;
	struct news		*news;		/* that each event tells */
	int			 nevents;
	bool			 room_is_awaited;
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

	if (sighting_read(f->w->e.mem, &src, &f->seen[f->total])) {
		f->total++;
		f->nseen[i]++;
	} else
		f->done[i].unread = true;
}

/* An event that has no invitees is seen all the same. */
static void
see_event(struct finding *f, size_t i)
{
	const struct found_event	*e = &f->all[i];
	size_t				 k;

	if (e->rc == CAL_NOTFOUND && e->work->event == NULL) {
		if (sighting_gone(f->w->e.mem, f->w->e.connection_id,
		    e->work->uri, NULL, e->event_at, &f->seen[f->total])) {
			f->total++;
			f->nseen[i]++;
		}
	}
	if (e->rc != CAL_OK)
		return;
	for (k = 0; k < e->invitees.n; k++)
		see_one(f, i, e->invitees.all[k]);
	if (f->nseen[i] == 0)
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
	f->nseen = arena_array(mem, f->n, sizeof(*f->nseen));
	f->done = arena_array(mem, f->n, sizeof(*f->done));
	for (i = 0; i < f->n; i++)
		if (f->all[i].rc == CAL_OK || was_tried(f->all[i].rc))
			f->all[k++] = f->all[i];
	f->n = k;
	for (i = 0; i < f->n; i++) {
		f->done[i].work = f->all[i].work;
		if (f->all[i].rc != CAL_OK)
			settle_failure(f, i);
		see_event(f, i);
		f->count.unread += f->done[i].unread ? 1 : 0;
	}
}

/*
 * Counts a change that somebody should have told before: a webhook, if one
 * serves the connection, or else the poll before.
 */
static void
count_missed(struct finding *f, const char *since)
{
	const struct sync	*s = &f->w->s;

	if (since == NULL)
		return;
	if (s->fed_since != NULL)
		f->count.missed_by_webhook += strcmp(since, s->fed_since) > 0 &&
		    strcmp(since, s->overdue) < 0;
	else if (s->known_until != NULL && s->purpose != SYNC_BACKFILL)
		f->count.missed_by_poll +=
		    strcmp(since, s->known_until) < 0;
}

static enum event_source
source_of(const struct walk *w)
{
	return w->s.purpose == SYNC_POLL ? SOURCE_POLL : SOURCE_SYNC;
}

/* Tells what changed of one meeting, as one event. */
static void
tell_change(struct finding *f, const struct sighting *s,
    const struct news *news)
{
	struct arena		*mem = f->w->e.mem;
	const struct meeting	*m = picture_meeting(&f->picture, s);

	if (news->change == MEETING_SAME)
		return;
	f->news[f->nevents] = *news;
	f->events[f->nevents++] = (struct event_new){
		.id = crypto_uuid(mem),
		.connection_id = f->w->e.connection_id,
		.user_id = f->w->s.user_id,
		.type = "meeting.changed",
		.source = source_of(f->w),
		.meeting_id = s->meeting_id,
		.body = picture_told(mem, m, news->change, news->invitee_id),
	};
	f->room_is_awaited = f->room_is_awaited || room_is_awaited(mem, m);
	f->count.changes++;
	count_missed(f, news->since);
}

static void
merge_all(struct finding *f)
{
	const struct sighting	*s = f->seen;
	struct news		 sum, one;
	size_t			 i, k;

	f->events = arena_array(f->w->e.mem, f->n, sizeof(*f->events));
	f->news = arena_array(f->w->e.mem, f->n, sizeof(*f->news));
	for (i = 0; i < f->n; i++) {
		sum = (struct news){ .change = MEETING_SAME };
		for (k = 0; k < f->nseen[i]; k++) {
			one = picture_see(&f->picture, f->w->e.mem, &s[k]);
			news_add(&sum, &one);
		}
		if (f->nseen[i] > 0)
			tell_change(f, s, &sum);
		s += f->nseen[i];
	}
}

static enum cal_err
open_picture(struct finding *f, struct tx *tx)
{
	struct picture_item	*item;
	size_t			 i;

	item = arena_array(tx->mem, f->total, sizeof(*item));
	for (i = 0; i < f->total; i++)
		item[i] = (struct picture_item){
			.s = &f->seen[i],
			.connection_id = f->w->e.connection_id,
			.user_id = f->w->s.user_id,
		};
	return picture_open(&f->picture, tx, f->w->e.cal->set, item, f->total);
}

/*
 * Locks the connection first, as whoever applies deliveries does, so that the
 * two take turns.  If it has got another grant meanwhile, what was read may be
 * another account's.
 */
static enum cal_err
hold_walked(struct walk *w, struct tx *tx)
{
	struct connection	 c;
	enum cal_err		 rc;

	if ((rc = connection_lock(tx, w->s.user_id, &c)) != CAL_OK)
		return rc;
	return strcmp(c.id, w->e.connection_id) == 0 && c.grant_id != NULL &&
	    strcmp(c.grant_id, w->s.grant_id) == 0 ? CAL_OK : CAL_NOTFOUND;
}

static enum cal_err
found_apply(struct finding *f, struct tx *tx)
{
	enum cal_err	 rc;

	if ((rc = hold_walked(f->w, tx)) != CAL_OK ||
	    (rc = open_picture(f, tx)) != CAL_OK)
		return rc;
	merge_all(f);
	if ((rc = picture_save(&f->picture, tx)) != CAL_OK ||
	    (rc = sync_store_done(tx, f->w->e.connection_id, &f->w->s, f->done,
	    f->n, &f->count)) != CAL_OK ||
	    (rc = sync_look(tx, &f->w->e.connection_id,
	    f->room_is_awaited ? 1 : 0)) != CAL_OK)
		return rc;
	return event_append(tx, f->events, f->nevents);
}

/* Counts what was read and found, after its commit. */
static void
count_metrics(const struct finding *f)
{
	const char	*source = event_source_name(source_of(f->w));
	const char	*since;
	int64_t		 n;
	int		 i;

	for (i = 0; i < f->nevents; i++) {
		since = f->news[i].since;
		metric_change(source, since == NULL ? -1 : when_age(since));
	}
	for (n = 0; n < f->count.missed_by_webhook; n++)
		metric_missed(true);
	for (n = 0; n < f->count.missed_by_poll; n++)
		metric_missed(false);
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
	count_metrics(&f);
	return common == CAL_UPSTREAM ? common : CAL_OK;
}
