/*
 * scheduled: finds the scheduled event that an invitee belongs to.
 *
 * Calendly names it up to three times: in the path of the invitee's own URI,
 * .../scheduled_events/{event}/invitees/{invitee}; as the invitee's "event";
 * and as "scheduled_event.uri".  The path decides, because it names the very
 * invitee that the delivery is about; the others are used if it is missing.
 */
#ifndef APP_CALENDLY_SCHEDULED_H
#define APP_CALENDLY_SCHEDULED_H

struct arena;
struct json_node;

/*
 * Makes ".../scheduled_events/A" of ".../scheduled_events/A/invitees/B"; NULL
 * if the URI has another form.
 */
const char	*scheduled_uri_from_path(struct arena *,
		    const char *invitee_uri);
/*
 * The URI of the invitee's event; NULL if none is named.  If several URIs have
 * the same id, the one that comes from the event itself is returned.
 */
const char	*scheduled_uri(struct arena *,
		    const struct json_node *invitee,
		    const struct json_node *event);

#endif
