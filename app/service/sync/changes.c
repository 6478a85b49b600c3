/*
 * changes: see changes.h.
 */
#include <string.h>

#include "app/calendly/sighting.h"
#include "app/metric/metric.h"
#include "app/repo/connection.h"
#include "app/repo/event.h"
#include "app/repo/meeting.h"
#include "app/repo/tx.h"
#include "app/service/meeting/room.h"
#include "app/service/service.h"
#include "app/service/sync/changes.h"
#include "app/service/sync/walk.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/when.h"

/*
 * Counts a change that somebody should have told before: a webhook, if one
 * serves the connection, or else the poll before.  What webhooks never tell,
 * such as another name of a meeting, cannot be missed; nor does Calendly always
 * say since when it is so.
 */
static void
count_missed(struct changes *c, const char *since)
{
	const struct sync	*s = &c->w->s;

	if (since == NULL)
		return;
	if (s->fed_since != NULL)
		c->missed_by_webhook += strcmp(since, s->fed_since) > 0 &&
		    strcmp(since, s->overdue) < 0;
	else if (s->known_until != NULL && s->purpose != SYNC_BACKFILL)
		c->missed_by_poll += strcmp(since, s->known_until) < 0;
}

static enum event_source
source_of(const struct walk *w)
{
	return w->s.purpose == SYNC_POLL ? SOURCE_POLL : SOURCE_SYNC;
}

/* Notes what changed of one meeting, as one event. */
static void
note_change(struct changes *c, const struct sighting *s,
    const struct news *news)
{
	struct arena		*mem = c->w->e.mem;
	const struct meeting	*m = picture_meeting(&c->picture, s);

	if (news->change == MEETING_SAME)
		return;
	c->news[c->nevents] = *news;
	c->events[c->nevents++] = (struct event_new){
		.id = crypto_uuid(mem),
		.connection_id = c->w->e.connection_id,
		.user_id = c->w->s.user_id,
		.type = "meeting.changed",
		.source = source_of(c->w),
		.meeting_id = s->meeting_id,
		.body = picture_told(mem, m, news->change, news->invitee_id),
	};
	c->room_is_awaited = c->room_is_awaited || room_is_awaited(mem, m);
	count_missed(c, news->webhook_since);
}

static void
merge_all(struct changes *c)
{
	const struct sighting	*s = c->seen, *end = c->seen + c->n, *first;
	struct news		 sum, one;

	c->events = arena_array(c->w->e.mem, c->n, sizeof(*c->events));
	c->news = arena_array(c->w->e.mem, c->n, sizeof(*c->news));
	while (s < end) {
		first = s;
		sum = (struct news){ .change = MEETING_SAME };
		for (; s < end && strcmp(s->meeting_id, first->meeting_id) == 0;
		    s++) {
			one = picture_see(&c->picture, c->w->e.mem, s);
			news_add(&sum, &one);
		}
		note_change(c, first, &sum);
	}
}

static enum cal_err
open_picture(struct changes *c, struct tx *tx)
{
	struct picture_item	*item;
	size_t			 i;

	item = arena_array(tx->mem, c->n, sizeof(*item));
	for (i = 0; i < c->n; i++)
		item[i] = (struct picture_item){
			.s = &c->seen[i],
			.connection_id = c->w->e.connection_id,
			.user_id = c->w->s.user_id,
		};
	return picture_open(&c->picture, tx, c->w->e.cal->set, item, c->n);
}

/*
 * Locks the connection first, as whoever applies deliveries does, so that the
 * two take turns.
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

enum cal_err
changes_apply(struct changes *c, struct tx *tx)
{
	enum cal_err	 rc;

	if ((rc = hold_walked(c->w, tx)) != CAL_OK ||
	    (rc = open_picture(c, tx)) != CAL_OK)
		return rc;
	merge_all(c);
	return picture_save(&c->picture, tx);
}

enum cal_err
changes_tell(const struct changes *c, struct tx *tx)
{
	enum cal_err	 rc;

	if ((rc = sync_look(tx, &c->w->e.connection_id,
	    c->room_is_awaited ? 1 : 0)) != CAL_OK)
		return rc;
	return event_append(tx, c->events, c->nevents);
}

void
changes_count(const struct changes *c)
{
	const char	*source = event_source_name(source_of(c->w));
	const char	*since;
	int64_t		 n;
	int		 i;

	for (i = 0; i < c->nevents; i++) {
		since = c->news[i].since;
		metric_change(source, since == NULL ? -1 : when_age(since));
	}
	for (n = 0; n < c->missed_by_webhook; n++)
		metric_missed(true);
	for (n = 0; n < c->missed_by_poll; n++)
		metric_missed(false);
}
