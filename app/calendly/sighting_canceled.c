/*
 * sighting_canceled: who ended a meeting, or an invitee's part in it, and why.
 */
#include <string.h>

#include "app/calendly/content.h"
#include "app/calendly/sighting_look.h"
#include "lib/arena.h"
#include "lib/json.h"

static const char *
cancel_version(const struct look *l, bool rescheduled,
    const struct json_node *why, const struct json_node *of,
    const char *sent_at, const char *text)
{
	return arena_printf(l->mem, "%d%d|%s|%s|%s", rescheduled,
	    why != NULL && why->type == JSON_OBJECT,
	    look_since(l, of, sent_at), look_known(sent_at),
	    look_hash(l, text));
}

static void
look_for_invitee(const struct look *l, struct sighting *s)
{
	const struct json_node	*invitee = l->src->invitee, *why;
	struct reg		*r = &s->invitee_canceled;
	struct json		*j;

	if (!l->is_canceled)
		return;
	why = json_find(invitee, "cancellation");
	j = json_new(l->mem);
	json_object(j, NULL);
	content_put_object(j, l->mem, "cancellation", why,
	    content_cancellation);
	json_bool(j, "rescheduled", l->is_rescheduled);
	look_put_link(l, j, "rescheduled_to",
	    json_text(invitee, "new_invitee"));
	json_end(j);
	r->text = json_done(j, NULL);
	r->version = cancel_version(l, l->is_rescheduled, why, invitee,
	    l->src->sent_at, r->text);
}

/*
 * Says whether the meeting is canceled.  If the event has no status, it is
 * canceled if it had room for one invitee, who canceled.
 */
static bool
is_meeting_canceled(const struct look *l)
{
	const char	*status = json_text(l->src->event, "status");

	if (status != NULL)
		return strcmp(status, "canceled") == 0;
	return l->is_canceled && l->is_alone;
}

/*
 * Says whether the meeting ended because this invitee canceled.  In a group the
 * invitee may have left long before, which does not explain the meeting's end.
 */
static bool
is_invitees_doing(const struct look *l)
{
	return l->is_canceled && (l->is_alone || look_is_kind(l,
	    "invitee.canceled"));
}

static void
look_for_meeting(const struct look *l, struct sighting *s)
{
	const struct json_node	*event = l->src->event, *why;
	struct reg		*r = &s->meeting_canceled;
	struct json		*j;

	if (!is_meeting_canceled(l))
		return;
	why = json_find(event, "cancellation");
	if ((why == NULL || why->type != JSON_OBJECT) && is_invitees_doing(l))
		why = json_find(l->src->invitee, "cancellation");
	s->rescheduled = l->is_rescheduled && is_invitees_doing(l);
	j = json_new(l->mem);
	json_object(j, NULL);
	content_put_object(j, l->mem, "cancellation", why,
	    content_cancellation);
	json_bool(j, "rescheduled", s->rescheduled);
	json_end(j);
	r->text = json_done(j, NULL);
	r->version = cancel_version(l, s->rescheduled, why, event,
	    l->event_sent_at, r->text);
}

void
look_for_canceled(const struct look *l, struct sighting *s)
{
	look_for_invitee(l, s);
	look_for_meeting(l, s);
}
