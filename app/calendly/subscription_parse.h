/*
 * subscription_parse: a subscription as Calendly tells it, in a list or alone.
 */
#ifndef APP_CALENDLY_SUBSCRIPTION_PARSE_H
#define APP_CALENDLY_SUBSCRIPTION_PARSE_H

struct arena;
struct json_node;
struct subscription;

/*
 * What can't be read is left out, never the whole: an entry without a state
 * is still a subscription.
 */
struct subscription	subscription_parse(struct arena *,
			    const struct json_node *);

#endif
