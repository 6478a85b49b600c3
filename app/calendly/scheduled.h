/*
 * scheduled: which scheduled event an invitee belongs to.
 *
 * Calendly names it up to three times: in the path of the invitee's own URI,
 * .../scheduled_events/{event}/invitees/{invitee}, as the invitee's "event",
 * and as "scheduled_event.uri".  The path decides, because it names the very
 * invitee that the delivery is about; the others stand in where it is missing.
 */
#ifndef APP_CALENDLY_SCHEDULED_H
#define APP_CALENDLY_SCHEDULED_H

struct arena;
struct json_node;

/* ".../scheduled_events/A/invitees/B" is of ".../scheduled_events/A"; else
 * NULL. */
const char	*scheduled_uri_from_path(struct arena *,
		    const char *invitee_uri);
/*
 * The URI of an invitee's event, of those with the id that decides the one
 * that Calendly itself gives the event; NULL if none names it.
 */
const char	*scheduled_uri(struct arena *,
		    const struct json_node *invitee,
		    const struct json_node *event);

#endif
