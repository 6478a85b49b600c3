/*
 * content: writes what we keep of Calendly's meetings and invitees, in one
 * form.
 *
 * Tables say which members are kept.  Reading is lenient.  A missing member
 * becomes null.  A number where a text is expected becomes a text.  Unknown
 * members are left out, among them a location's "data", which may hold
 * passwords.  An invitee's answer may be anything: true and numbers become
 * texts, a list becomes "a, b", and an object, or a list of objects, its JSON.
 * Texts are cut at 16 KiB and then end in an ellipsis; lists are cut at 100
 * elements or 64 KiB.
 *
 * Whatever was left out is named: "truncated" lists the members that were cut,
 * and "unreadable" those that became null, or lost elements, because they have
 * the wrong form.  Both name members within others as "location.join_url", and
 * are present only if they name something.
 */
#ifndef APP_CALENDLY_CONTENT_H
#define APP_CALENDLY_CONTENT_H

struct arena;
struct json;
struct json_node;

struct content_field;		/* an array of these is a table;
				 * it ends with a NULL "name" */

extern const struct content_field *const content_meeting;
extern const struct content_field *const content_invitee;
extern const struct content_field *const content_cancellation;
/* All members that are read from a delivery about an invitee. */
extern const struct content_field *const content_delivery;

/*
 * Writes the table's members into the open JSON object.  "node" is Calendly's
 * object, or NULL.
 */
void		 content_put(struct json *, struct arena *,
		    const struct json_node *, const struct content_field *);
/*
 * Writes one member "name", an object with its own table; null unless "node" is
 * an object.
 */
void		 content_put_object(struct json *, struct arena *,
		    const char *name, const struct json_node *,
		    const struct content_field *);
/*
 * Names what this table wants and can't be read, without the values
 * ("scheduled_event.start_time, email").  NULL if all can be read.
 */
const char	*content_unread(struct arena *, const struct json_node *,
		    const struct content_field *);

#endif
