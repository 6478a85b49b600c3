/*
 * sighting: see sighting.h.
 */
#include <string.h>

#include "app/calendly/content.h"
#include "app/calendly/id.h"
#include "app/calendly/scheduled.h"
#include "app/calendly/sighting_look.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/json.h"

/*
 * Writes the meeting's content.  If only its URI is known, its version sorts
 * before all others.
 *
 * Else the version must order sightings that come within one second, in which a
 * dozen people can book, although the event's updated_at and the envelope's
 * created_at may be in whole seconds.  The invitee's own times are in
 * microseconds, and none of them can be later than the sighting.  So the
 * sighting's time is the latest of them and of when it was sent; if two are
 * equal, the one with the later invitee is the later sighting.
 */
static void
see_meeting(const struct look *l, struct sighting *s)
{
	const struct json_node	*event = l->src->event;
	const struct json_node	*invitee = l->src->invitee;
	const char		*own = look_later(look_time(l, invitee,
				    "created_at"), look_time(l, invitee,
				    "updated_at"));
	struct json		*j = json_new(l->mem);

	json_object(j, NULL);
	json_str(j, "calendly_uri", l->event_uri);
	content_put(j, l->mem, event, content_meeting);
	json_end(j);
	s->meeting.text = json_done(j, NULL);
	s->meeting.version = event == NULL ?
	    arena_printf(l->mem, "-|%s", look_hash(l, s->meeting.text)) :
	    arena_printf(l->mem, "%s|%s|%s|%s", look_since(l, event),
	    look_later(l->src->sent_at, own), own,
	    look_hash(l, s->meeting.text));
	s->start_at = look_time(l, event, "start_time");
	s->end_at = look_time(l, event, "end_time");
}

static void
sight_invitee(const struct look *l, struct sighting *s)
{
	const struct json_node	*invitee = l->src->invitee;
	struct json		*j = json_new(l->mem);

	json_object(j, NULL);
	content_put(j, l->mem, invitee, content_invitee);
	look_put_link(l, j, "rescheduled_from",
	    json_text(invitee, "old_invitee"));
	json_end(j);
	s->invitee.text = json_done(j, NULL);
	s->invitee.version = arena_printf(l->mem, "%s|%s|%s",
	    look_since(l, invitee), look_sent(l),
	    look_hash(l, s->invitee.text));
	s->booked_at = look_time(l, invitee, "created_at");
}

static void
look_at_invitee(struct look *l)
{
	const struct json_node	*invitee = l->src->invitee, *why;
	const char		*status = json_text(invitee, "status");

	l->is_rescheduled = json_is_true(invitee, "rescheduled");
	why = json_find(invitee, "cancellation");
	if (look_is_kind(l, "invitee.canceled"))
		l->is_canceled = true;
	else if (status != NULL)
		l->is_canceled = strcmp(status, "canceled") == 0;
	else
		l->is_canceled = l->is_rescheduled ||
		    (why != NULL && why->type == JSON_OBJECT);
	l->is_rescheduled = l->is_rescheduled && l->is_canceled;
}

bool
sighting_read(struct arena *mem, const struct sighting_source *given,
    struct sighting *s)
{
	struct sighting_source	 src = *given;
	struct look		 l = { .mem = mem, .src = &src };
	const char		*connection = src.connection_id, *who;
	int64_t			 limit;

	memset(s, 0, sizeof(*s));
	if (src.event != NULL && src.event->type != JSON_OBJECT)
		src.event = NULL;
	who = id_from_uri(mem, json_text(src.invitee, "uri"));
	l.event_uri = scheduled_uri(mem, src.invitee, src.event);
	if (who == NULL || l.event_uri == NULL)
		return false;
	s->invitee_id = sighting_id(mem, "invitee", connection, who);
	s->meeting_id = sighting_id(mem, "meeting", connection,
	    id_from_uri(mem, l.event_uri));
	l.is_alone = json_int(src.event, "invitees_counter.limit", &limit) &&
	    limit <= 1;
	look_at_invitee(&l);
	see_meeting(&l, s);
	sight_invitee(&l, s);
	look_for_canceled(&l, s);
	look_for_no_show(&l, s);
	return true;
}
