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
 * The part of a meeting's version after its own times.
 *
 * It must order deliveries that come within one second, in which a dozen people
 * can book, although the event's updated_at and the envelope's created_at may
 * be in whole seconds.  The invitee's own times are in microseconds, and none
 * of them can be later than the sighting.  So the sighting's time is the latest
 * of them and of when it was sent; if two are equal, the one with the later
 * invitee is the later sighting.
 *
 * An answer of the API speaks for one moment, in microseconds.
 */
static const char *
moment_of(const struct look *l)
{
	const struct json_node	*invitee = l->src->invitee;
	const char		*own = NULL;

	if (l->src->kind != NULL)
		own = look_later(look_time(l, invitee, "created_at"),
		    look_time(l, invitee, "updated_at"));
	return arena_printf(l->mem, "%s|%s", look_later(l->event_sent_at, own),
	    look_known(own));
}

/*
 * Writes the meeting's content.  If only its URI is known, its version sorts
 * before all others.
 */
static void
see_meeting(const struct look *l, struct sighting *s)
{
	const struct json_node	*event = l->src->event;
	struct json		*j = json_new(l->mem);

	json_object(j, NULL);
	json_str(j, "calendly_uri", l->event_uri);
	content_put(j, l->mem, event, content_meeting);
	json_end(j);
	s->meeting.text = json_done(j, NULL);
	s->meeting.version = event == NULL ?
	    arena_printf(l->mem, "-|%s", look_hash(l, s->meeting.text)) :
	    arena_printf(l->mem, "%s|%s|%s",
	    look_since(l, event, l->event_sent_at), moment_of(l),
	    look_hash(l, s->meeting.text));
	s->meeting_since = look_own_since(l, event);
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
	s->invitee.version = l->is_unseen ?
	    arena_printf(l->mem, "-|%s", look_hash(l, s->invitee.text)) :
	    arena_printf(l->mem, "%s|%s|%s",
	    look_since(l, invitee, l->src->sent_at),
	    look_known(l->src->sent_at), look_hash(l, s->invitee.text));
	s->invitee_since = look_own_since(l, invitee);
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

/*
 * Finds out which meeting and invitee this is about.  False: that is not said.
 */
static bool
look_at_names(struct look *l, struct sighting *s)
{
	const struct sighting_source	*src = l->src;
	const char	*who = id_from_uri(l->mem, json_text(src->invitee,
			    "uri"));

	l->event_uri = scheduled_uri(l->mem, src->invitee, src->event);
	if (l->event_uri == NULL)
		return false;
	s->meeting_id = sighting_id(l->mem, "meeting", src->connection_id,
	    id_from_uri(l->mem, l->event_uri));
	if (src->kind == NULL && src->invitee == NULL)
		return true;
	if (who != NULL)
		s->invitee_id = sighting_id(l->mem, "invitee",
		    src->connection_id, who);
	return who != NULL;
}

bool
sighting_read(struct arena *mem, const struct sighting_source *given,
    struct sighting *s)
{
	struct sighting_source	 src = *given;
	struct look		 l = { .mem = mem, .src = &src };
	int64_t			 limit;

	memset(s, 0, sizeof(*s));
	if (src.event != NULL && src.event->type != JSON_OBJECT)
		src.event = NULL;
	l.event_sent_at = src.event_sent_at != NULL ? src.event_sent_at :
	    src.sent_at;
	if (!look_at_names(&l, s))
		return false;
	l.is_alone = json_int(src.event, "invitees_counter.limit", &limit) &&
	    limit <= 1;
	look_at_invitee(&l);
	see_meeting(&l, s);
	look_for_canceled(&l, s);
	if (s->invitee_id != NULL) {
		sight_invitee(&l, s);
		look_for_no_show(&l, s);
	}
	look_for_presence(&l, s);
	return true;
}

/* Calendly's object of which nothing is known but its URI. */
static const struct json_node *
bare_node(struct arena *mem, const char *uri)
{
	struct json_node	*n = arena_array(mem, 2, sizeof(*n));

	if (uri == NULL)
		return NULL;
	n[0] = (struct json_node){ .type = JSON_OBJECT, .child = &n[1] };
	n[1] = (struct json_node){ .type = JSON_STRING,
		.key = "uri", .keysz = strlen("uri"),
		.text = uri, .textsz = strlen(uri) };
	return n;
}

bool
sighting_gone(struct arena *mem, const char *connection_id,
    const char *event_uri, const char *invitee_uri, const char *sent_at,
    struct sighting *s)
{
	const char		*at = arena_dup(mem, sent_at);
	struct sighting_source	 src = {
		.connection_id = connection_id,
		.sent_at = sent_at,
		.received_at = sent_at,
		.invitee = bare_node(mem, invitee_uri),
		.event = bare_node(mem, event_uri),
	};
	struct look		 l = {
		.mem = mem, .src = &src, .is_unseen = true
	};

	memset(s, 0, sizeof(*s));
	if (!look_at_names(&l, s))
		return false;
	src.event = NULL;
	see_meeting(&l, s);
	if (s->invitee_id == NULL) {
		s->meeting_presence.gone_at = at;
		return true;
	}
	sight_invitee(&l, s);
	s->invitee_presence.gone_at = at;
	return true;
}
