/*
 * event_json: see event_json.h.
 */
#include <stddef.h>

#include "app/repo/event.h"
#include "app/service/event_json.h"
#include "lib/json.h"

void
event_json(struct json *j, const char *key, const struct event *ev)
{
	json_object(j, key);
	json_str(j, "id", ev->id);
	json_str(j, "type", ev->type);
	json_num(j, "sequence", ev->seq);
	json_str(j, "source", event_source_name(ev->source));
	json_str(j, "user_id", ev->user_id);
	json_str(j, "occurred_at", ev->occurred_at);
	json_str(j, "received_at", ev->received_at);
	json_str(j, "meeting_id", ev->meeting_id);
	json_raw(j, "data", ev->body);
	json_end(j);
}
