/*
 * connection_json: see connection_json.h.
 */
#include <string.h>

#include "app/repo/connection.h"
#include "app/route/connection_json.h"
#include "app/service/scopes.h"
#include "lib/json.h"

void
texts_write(struct json *j, const char *key, const char *const *list)
{
	json_array(j, key);
	for (; list != NULL && *list != NULL; list++)
		json_str(j, NULL, *list);
	json_end(j);
}

void
webhook_state_write(struct json *j, enum webhook_state state)
{
	json_str(j, "state", state == WEBHOOK_NONE ? "none" :
	    webhook_state_name(state));
}

static void
account_write(struct json *j, const struct connection_view *v)
{
	if (v->grant_id == NULL) {
		json_null(j, "calendly");
		return;
	}
	json_object(j, "calendly");
	json_str(j, "user_uri", v->user_uri);
	json_str(j, "organization_uri", v->organization_uri);
	json_str(j, "email", v->email);
	json_str(j, "name", v->name);
	json_str(j, "timezone", v->timezone);
	json_end(j);
}

static void
scopes_write(const struct service *cal, struct arena *mem, struct json *j,
    const struct connection_view *v)
{
	json_object(j, "scopes");
	texts_write(j, "granted", v->scopes);
	texts_write(j, "missing", v->grant_id == NULL ? NULL :
	    scopes_missing(cal, mem, v->scopes));
	json_end(j);
}

static void
subscription_write(struct json *j, const struct connection_view *v)
{
	json_object(j, "webhook");
	webhook_state_write(j, v->webhook_state);
	json_str(j, "uri", v->webhook_uri);
	texts_write(j, "events", v->webhook_events);
	json_str(j, "capability", capability_name(v->capability));
	json_bool(j, "verified", v->webhook_verified);
	json_str(j, "last_event_at", v->last_event_at);
	json_str(j, "trouble", subscription_trouble_name(v->trouble));
	json_end(j);
}

void
sync_write(struct json *j, const char *key, const struct sync_view *v)
{
	json_object(j, key);
	json_str(j, "state", sync_state_name(v->state));
	json_str(j, "purpose", sync_purpose_name(v->purpose));
	json_str(j, "phase", sync_phase_name(v->phase));
	json_num(j, "events", v->events);
	json_num(j, "events_done", v->events_done);
	json_num(j, "invitees", v->invitees);
	json_num(j, "unread", v->unread);
	json_str(j, "from", v->from);
	json_str(j, "to", v->to);
	json_str(j, "started_at", v->started_at);
	json_str(j, "eta", v->eta);
	json_str(j, "last_complete_at", v->last_complete_at);
	json_str(j, "as_of", v->as_of);
	json_str(j, "next_at", v->next_at);
	json_str(j, "trouble", sync_trouble_name(v->trouble));
	json_str(j, "fed_by", fed_by_name(v->fed_by));
	json_object(j, "missed");
	json_num(j, "by_webhook", v->missed_by_webhook);
	json_num(j, "by_poll", v->missed_by_poll);
	json_end(j);
	json_end(j);
}

void
connection_write(const struct service *cal, struct arena *mem,
    struct json *j, const struct connection_view *v)
{
	json_object(j, NULL);
	json_str(j, "user_id", v->user_id);
	json_str(j, "status", connection_status_name(v->status));
	json_str(j, "reason", connection_reason_name(v->reason));
	account_write(j, v);
	scopes_write(cal, mem, j, v);
	subscription_write(j, v);
	sync_write(j, "sync", &v->sync);
	texts_write(j, "left_behind", v->left_behind);
	json_str(j, "connected_at", v->connected_at);
	json_str(j, "updated_at", v->updated_at);
	json_end(j);
}
