/*
 * hosts: the people who host a scheduled event.
 */
#ifndef APP_CALENDLY_HOSTS_H
#define APP_CALENDLY_HOSTS_H

struct arena;
struct json_node;

/*
 * "event_memberships" with each user once, where Calendly first names them:
 * it lists some twice.  What one entry says and the one before does not is
 * added to that.  Who has no user URI, and whatever is no list, stays as it
 * is.
 */
const struct json_node	*hosts_once(struct arena *, const struct json_node *);

#endif
