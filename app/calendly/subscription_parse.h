/*
 * subscription_parse: reads a subscription from Calendly's JSON.
 */
#ifndef APP_CALENDLY_SUBSCRIPTION_PARSE_H
#define APP_CALENDLY_SUBSCRIPTION_PARSE_H

struct arena;
struct json_node;
struct subscription;

/*
 * Members that can't be read become NULL, but the subscription is never
 * dropped: even an entry without a state is one.
 */
struct subscription	subscription_parse(struct arena *,
			    const struct json_node *);

#endif
