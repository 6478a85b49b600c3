/*
 * content: what is kept of Calendly's meetings and invitees, in one form.
 *
 * Tables say which members go where.  Reading is lenient: what is missing is
 * null, a number where a text should be becomes one, unknown members are left
 * out, among them a location's "data", which may hold passwords.  An answer
 * may be anything: true and numbers become texts, a list becomes "a, b", and
 * an object or a list of those its JSON.  Texts are cut at 16 KiB (and end in
 * an ellipsis), lists at 100 elements or 64 KiB.
 *
 * Nothing is left out in silence: "truncated" names the members that were
 * cut, and "unreadable" those that are null, or miss elements, because they
 * are not what they should be.  Each is there only if it names something, and
 * names members within others as "location.join_url".
 */
#ifndef APP_CALENDLY_CONTENT_H
#define APP_CALENDLY_CONTENT_H

struct arena;
struct json;
struct json_node;

struct content_field;		/* a table ends with a "name" of NULL */

extern const struct content_field *const content_meeting;
extern const struct content_field *const content_invitee;
extern const struct content_field *const content_cancellation;
/* All that is looked at in a delivery about an invitee. */
extern const struct content_field *const content_delivery;

/* The table's members, within the open object; "node" may be NULL. */
void		 content_put(struct json *, struct arena *,
		    const struct json_node *, const struct content_field *);
/* One member by a table of its own; null unless "node" is an object. */
void		 content_put_object(struct json *, struct arena *,
		    const char *name, const struct json_node *,
		    const struct content_field *);
/*
 * What can't be read of what this table wants, in our names of the members
 * ("scheduled_event.start_time, email"), without their values; else NULL.
 */
const char	*content_unread(struct arena *, const struct json_node *,
		    const struct content_field *);

#endif
