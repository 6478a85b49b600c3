/*
 * apply_tenant: see apply_tenant.h.
 */
#include <string.h>

#include "app/metric/metric.h"
#include "app/repo/delivery.h"
#include "app/repo/meeting.h"
#include "app/repo/sync.h"
#include "app/repo/tx.h"
#include "app/service/meeting/picture.h"
#include "app/service/meeting/room.h"
#include "app/service/webhook/apply_tenant.h"
#include "app/service/webhook/held.h"
#include "app/service/webhook/told.h"
#include "lib/arena.h"
#include "lib/crypto.h"

void
group_read(struct group *g, struct arena *mem, struct arena *scratch,
    const struct delivery *const *list, int n)
{
	int	 i;

	*g = (struct group){ .tenant_id = list[0]->tenant_id, .n = n };
	g->told = arena_array(mem, (size_t)n, sizeof(*g->told));
	for (i = 0; i < n; i++) {
		told_read(&g->told[i], mem, scratch, list[i]);
		arena_reset(scratch);
	}
}

static enum cal_err
group_load(struct group *g, struct tx *tx, const struct settings *set)
{
	struct picture_item	*items = arena_array(tx->mem, (size_t)g->n,
				    sizeof(*items));
	const struct told	*t;
	size_t			 n = 0;

	for (t = g->told; t < g->told + g->n; t++)
		if (t->is_sighting)
			items[n++] = (struct picture_item){
				.s = &t->s,
				.connection_id = t->d->connection_id,
				.user_id = t->d->user_id,
			};
	return picture_open(&g->picture, tx, set, items, n);
}

/*
 * Makes a meeting.changed event.  Its id is derived from the delivery's event,
 * so that applying the delivery again does not make a second one.  What a later
 * try changes is another event, so then the meeting's version is part of the
 * id.
 */
static struct event_new
changed_event(const struct told *t, struct arena *mem,
    const struct meeting *m, enum meeting_change change)
{
	const struct bytes	 part[] = {
		bytes_with_nul("meeting.changed"), bytes_with_nul(t->ev.id),
		bytes_with_nul(m->id), bytes_with_nul(m->content.version)
	};
	struct event_new	 ev = t->ev;

	ev.id = crypto_uuid_of(mem, part, t->d->tries > 0 ? 4 : 3);
	ev.type = "meeting.changed";
	ev.outcome = OUTCOME_NONE;
	ev.body = picture_told(mem, m, change, t->s.invitee_id);
	return ev;
}

/*
 * Adds the events of one delivery and returns their size in bytes.  The first
 * is the delivery's own event.  A telling has none, because an earlier delivery
 * has put its event into the feed.
 */
static size_t
group_tell(struct group *g, struct told *t, struct arena *mem)
{
	enum meeting_change	 change = MEETING_SAME;
	const struct meeting	*m;
	struct event_new	*ev;
	size_t			 n;

	if (t->is_sighting) {
		change = picture_see(&g->picture, mem, &t->s).change;
		if (change == MEETING_SAME &&
		    t->ev.outcome != OUTCOME_FLAGGED)
			t->ev.outcome = OUTCOME_SUPERSEDED;
	}
	n = 0;
	if (t->d->telling_of == NULL) {
		g->events[g->nevents++] = t->ev;
		n = strlen(t->ev.body);
	}
	if (change == MEETING_SAME)
		return n;
	m = picture_meeting(&g->picture, &t->s);
	if (room_is_awaited(mem, m))
		g->to_look[g->nto_look++] = m->connection_id;
	ev = &g->events[g->nevents++];
	*ev = changed_event(t, mem, m, change);
	return n + strlen(ev->body);
}

static enum cal_err
take_off(const struct group *g, struct tx *tx)
{
	const char	**id = arena_array(tx->mem, (size_t)g->n, sizeof(*id));
	int		  i;

	for (i = 0; i < g->n; i++)
		id[i] = g->told[i].d->id;
	return delivery_mark_done(tx, id, g->n);
}

/*
 * Puts the deliveries off for as long as this process leaves the tenant's rows
 * alone.
 */
enum cal_err
group_put_back(struct group *g, struct tx *tx)
{
	const char	**id = arena_array(tx->mem, (size_t)g->n, sizeof(*id));
	enum cal_err	  rc;
	int		  i;

	for (i = 0; i < g->n; i++)
		id[i] = g->told[i].d->id;
	rc = delivery_put_back(tx, id, g->n, HELD_SECONDS);
	g->n = 0;		/* nothing became of them,
				 * so they are not counted */
	return rc;
}

/*
 * Stores what became of deliveries that tell of a known event once more.
 * Others have it stored with their own event.
 */
static enum cal_err
mark_tellings(const struct group *g, struct tx *tx)
{
	const char		**id = arena_array(tx->mem, (size_t)g->n,
				    sizeof(*id));
	enum event_outcome	 *outcome = arena_array(tx->mem, (size_t)g->n,
				    sizeof(*outcome));
	int			  i, n = 0;

	for (i = 0; i < g->n; i++) {
		if (g->told[i].d->telling_of == NULL)
			continue;
		id[n] = g->told[i].d->event_id;
		outcome[n++] = g->told[i].ev.outcome;
	}
	return delivery_mark_told(tx, id, outcome, n);
}

enum cal_err
group_apply(struct group *g, struct tx *tx, const struct settings *set,
    size_t *room)
{
	enum cal_err	 rc;
	size_t		 n;
	int		 i;

	if ((rc = group_load(g, tx, set)) != CAL_OK)
		return rc;
	g->events = arena_array(tx->mem, (size_t)g->n * 2, sizeof(*g->events));
	g->to_look = arena_array(tx->mem, (size_t)g->n, sizeof(*g->to_look));
	for (i = 0; i < g->n && room[0] > 0; i++) {
		n = group_tell(g, &g->told[i], tx->mem);
		*room -= n < *room ? n : *room;
	}
	g->n = i;
	rc = picture_save(&g->picture, tx);
	if (rc == CAL_OK)
		rc = sync_look(tx, g->to_look, g->nto_look);
	if (rc == CAL_OK)
		rc = mark_tellings(g, tx);
	return rc == CAL_OK ? take_off(g, tx) : rc;
}

/*
 * Updates the outcome of events that were written, flagged, at an earlier try.
 */
static enum cal_err
mark_outcomes(const struct group *g, struct tx *tx)
{
	enum cal_err	 rc = CAL_OK;
	int		 i;

	for (i = 0; rc == CAL_OK && i < g->n; i++)
		if (g->told[i].d->tries > 0)
			rc = event_mark_outcome(tx, g->told[i].ev.id,
			    g->told[i].ev.outcome);
	return rc;
}

enum cal_err
group_append(const struct group *g, struct tx *tx)
{
	enum cal_err	 rc;

	rc = mark_outcomes(g, tx);
	return rc == CAL_OK ? event_append(tx, g->events, g->nevents) : rc;
}

enum cal_err
group_append_flagged(struct group *g, struct tx *tx)
{
	if (g->told[0].d->telling_of != NULL)
		return CAL_OK;
	g->told[0].ev.outcome = OUTCOME_FLAGGED;
	return event_append(tx, &g->told[0].ev, 1);
}

int
group_count(const struct group *g)
{
	const struct told	*t;

	for (t = g->told; t < g->told + g->n; t++)
		metric_delivery(strcmp(t->ev.type, "webhook.unreadable") == 0 ?
		    NULL : t->ev.type, event_outcome_name(t->ev.outcome));
	return g->n;
}
