/*
 * told: see told.h.
 */
#include <string.h>

#include "app/calendly/id.h"
#include "app/calendly/payload.h"
#include "app/domain/event_kind.h"
#include "app/repo/delivery.h"
#include "app/service/webhook/told.h"
#include "app/service/webhook/unread.h"
#include "lib/arena.h"
#include "lib/json.h"
#include "lib/log.h"

static const char *
unreadable_content(struct arena *mem, const struct delivery *d,
    const char *flaw)
{
	struct json	*j = json_new(mem);

	json_object(j, NULL);
	json_str(j, "reason", flaw);
	json_num(j, "size", (int64_t)d->body.n);
	json_end(j);
	return json_done(j, NULL);
}

/*
 * The meeting that an event of another kind (a recap) is about.  Such an event
 * only names the meeting.  The meeting's id is derived from Calendly's, so it
 * is known even before anything was seen of the meeting.
 */
static const char *
meeting_of_recap(const struct told *t, struct arena *mem,
    const struct payload *p)
{
	const char	*event = json_text(p->root, "payload.event.uri");

	if (event_kind_about(p->kind) != ABOUT_MEETING ||
	    (event = id_from_uri(mem, event)) == NULL)
		return NULL;
	return sighting_id(mem, "meeting", t->d->connection_id, event);
}

static void
read_sighting(struct told *t, struct arena *mem, const struct payload *p)
{
	const struct json_node	*invitee = json_find(p->root, "payload");
	struct sighting_source	 src = {
		.connection_id = t->d->connection_id,
		.kind = p->kind,
		.sent_at = p->created_at,
		.received_at = t->d->received_at,
		.invitee = invitee,
		.event = json_find(invitee, "scheduled_event"),
	};

	t->ev.outcome = OUTCOME_APPLIED;
	if (event_kind_about(p->kind) != ABOUT_INVITEE) {
		if (t->d->telling_of != NULL)
			t->ev.outcome = OUTCOME_SUPERSEDED;
		t->ev.meeting_id = meeting_of_recap(t, mem, p);
		return;
	}
	if (!sighting_read(mem, &src, &t->s)) {
		t->ev.outcome = OUTCOME_FLAGGED;
		return;
	}
	t->is_sighting = true;
	t->ev.meeting_id = t->s.meeting_id;
}

/*
 * Flags a delivery of which only a part could be read.  The meeting is made of
 * that part; a person should look at the rest.
 */
static void
note_unread(struct told *t, struct arena *scratch, const struct payload *p)
{
	const char	*unread = unread_members(scratch, p);

	if (!t->is_sighting || unread == NULL)
		return;
	t->ev.outcome = OUTCOME_FLAGGED;
	log_warn("apply: event %s: %s: not all of it could be read: %s: "
	    "flagged", t->ev.id, t->ev.type, unread);
}

/*
 * What is wrong with the body, or NULL.  A body that was unreadable when it
 * came is read again when somebody has it applied again, because a newer
 * calendlyd may understand it.  If the database then refuses the result, the
 * next try treats the body as unreadable as before.
 */
static const char *
flaw_now(const struct delivery *d, const struct payload *p)
{
	return d->flaw != NULL && d->tries != 1 ? d->flaw : p->flaw;
}

void
told_read(struct told *t, struct arena *mem, struct arena *scratch,
    const struct delivery *d)
{
	struct payload		 p;
	const char		*flaw;

	t->d = d;
	t->ev = (struct event_new){
		.id = d->event_id,
		.connection_id = d->connection_id,
		.user_id = d->user_id,
		.source = SOURCE_WEBHOOK,
		.occurred_at = d->received_at,
		.received_at = d->received_at,
	};
	payload_read(scratch, d->body, &p);
	if ((flaw = flaw_now(d, &p)) != NULL) {
		t->ev.type = "webhook.unreadable";
		t->ev.outcome = OUTCOME_FLAGGED;
		t->ev.body = unreadable_content(mem, d, flaw);
		return;
	}
	t->ev.type = arena_dup(mem, p.kind);
	if (p.created_at != NULL)
		t->ev.occurred_at = arena_dup(mem, p.created_at);
	t->ev.body = payload_content(mem, &p);
	read_sighting(t, mem, &p);
	note_unread(t, scratch, &p);
}
