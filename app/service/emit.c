/*
 * emit: see emit.h.
 */
#include "app/repo/event.h"
#include "app/service/calendly.h"
#include "app/service/emit.h"
#include "lib/json.h"

enum cal_err
emit_connection(struct calendly *cal, struct arena *mem,
    const char *connection_id, const char *user_id, const char *type,
    const char *status, const char *reason)
{
	struct json	*j = json_new(mem);
	struct event_new ev = {
		.connection_id = connection_id,
		.user_id = user_id,
		.type = type,
		.source = "system",
	};
	size_t		 n;

	json_object(j, NULL);
	json_str(j, "status", status);
	json_str(j, "reason", reason);
	json_end(j);
	ev.body = json_done(j, &n);
	return event_add(cal->db, mem, &ev);
}

enum cal_err
emit_failing(struct calendly *cal, struct arena *mem,
    const char *connection_id, const char *user_id, const char *reason)
{
	struct json	*j = json_new(mem);
	struct event_new ev = {
		.connection_id = connection_id,
		.user_id = user_id,
		.type = "webhook.failing",
		.source = "system",
	};
	size_t		 n;

	json_object(j, NULL);
	json_str(j, "reason", reason);
	json_end(j);
	ev.body = json_done(j, &n);
	return event_add(cal->db, mem, &ev);
}
