/*
 * hosts: the people who host a scheduled event.
 */
#ifndef APP_CALENDLY_HOSTS_H
#define APP_CALENDLY_HOSTS_H

struct arena;
struct json_node;

/*
 * Copies the list "event_memberships" so that each user is in it once, at their
 * first place, because Calendly lists some users twice.  Name and e-mail
 * address that only a later entry has are added to the first.  An entry without
 * a user URI stays as it is, and so does a "list" that is not an array.
 */
const struct json_node	*hosts_once(struct arena *, const struct json_node *);

#endif
