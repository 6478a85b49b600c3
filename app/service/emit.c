/*
 * emit: see emit.h.
 */
#include <assert.h>

#include "app/repo/event.h"
#include "app/repo/sync.h"
#include "app/repo/tx.h"
#include "app/service/emit.h"
#include "lib/json.h"
#include "lib/words.h"

/* docs/integration.md explains each type to those who read the feed. */
const char *const emit_kinds[] = {
	"meeting.changed",
	"connection.connected",
	"connection.account_changed",
	"connection.organization_changed",
	"connection.needs_reauth",
	"connection.recovered",
	"connection.disconnected",
	"connection.synced",
	"webhook.failing",
	"webhook.recovered",
	"webhook.gap",
	"webhook.unreadable",
	"destination.test",
	"destination.failing",
	"destination.recovered",
	"destination.disabled",
	"destination.paused",
	"destination.gap",
	NULL
};

enum cal_err
emit_system(struct tx *tx, const char *connection_id, const char *user_id,
    const char *type, struct json *j)
{
	struct event_new	 ev = {
		.connection_id = connection_id,
		.user_id = user_id,
		.type = type,
		.source = SOURCE_SYSTEM,
	};
	size_t			 n;

	assert(words_have(emit_kinds, type));
	ev.body = json_done(j, &n);
	return event_add(tx, &ev);
}

enum cal_err
emit_connection(struct tx *tx,
    const char *connection_id, const char *user_id, const char *type,
    enum connection_status status, enum connection_reason reason)
{
	struct json	*j = json_new(tx->mem);

	json_object(j, NULL);
	json_str(j, "status", connection_status_name(status));
	json_str(j, "reason", connection_reason_name(reason));
	json_end(j);
	return emit_system(tx, connection_id, user_id, type, j);
}

enum cal_err
emit_failing(struct tx *tx,
    const char *connection_id, const char *user_id, enum webhook_failure why)
{
	struct json	*j = json_new(tx->mem);

	json_object(j, NULL);
	json_str(j, "reason", webhook_failure_name(why));
	json_end(j);
	return emit_system(tx, connection_id, user_id, "webhook.failing", j);
}

enum cal_err
emit_recovered(struct tx *tx, const char *connection_id, const char *user_id)
{
	struct json	*j = json_new(tx->mem);

	json_object(j, NULL);
	json_end(j);
	return emit_system(tx, connection_id, user_id, "webhook.recovered", j);
}

enum cal_err
emit_organization(struct tx *tx, const char *connection_id, const char *user_id,
    const char *former, const char *now)
{
	struct json	*j = json_new(tx->mem);

	json_object(j, NULL);
	json_str(j, "status", connection_status_name(CONNECTION_CONNECTED));
	json_str(j, "reason", NULL);
	json_str(j, "organization_uri", now);
	json_str(j, "former_organization_uri", former);
	json_end(j);
	return emit_system(tx, connection_id, user_id,
	    "connection.organization_changed", j);
}

enum cal_err
emit_synced(struct tx *tx, const char *connection_id, const char *user_id,
    const struct sync_complete *s)
{
	struct json	*j = json_new(tx->mem);

	json_object(j, NULL);
	json_str(j, "purpose", sync_purpose_name(s->purpose));
	json_num(j, "events", s->events);
	json_num(j, "invitees", s->invitees);
	json_str(j, "from", s->from_at);
	json_null(j, "to");	/* all that was ahead */
	json_str(j, "started_at", s->started_at);
	json_str(j, "completed_at", s->completed_at);
	json_num(j, "unread", s->unread);
	json_end(j);
	return emit_system(tx, connection_id, user_id, "connection.synced", j);
}

enum cal_err
emit_gap(struct tx *tx, const char *connection_id, const char *user_id,
    const char *since, const char *until)
{
	struct json	*j = json_new(tx->mem);

	json_object(j, NULL);
	json_str(j, "since", since);
	json_str(j, "until", until);
	json_end(j);
	return emit_system(tx, connection_id, user_id, "webhook.gap", j);
}
