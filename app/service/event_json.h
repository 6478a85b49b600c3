/*
 * event_json: the JSON object of an event, as the feed shows it and as it is
 * pushed: in both places the same bytes.
 */
#ifndef APP_SERVICE_EVENT_JSON_H
#define APP_SERVICE_EVENT_JSON_H

struct event;
struct json;

/* Writes the object; "key" is NULL within an array and for the object alone. */
void	event_json(struct json *, const char *key, const struct event *);

#endif
