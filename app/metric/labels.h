/* labels: the values that the labels of our metrics take.  For table.c only. */
#ifndef APP_METRIC_LABELS_H
#define APP_METRIC_LABELS_H

#include <stddef.h>

#include "app/domain/event_kind.h"
#include "app/version.h"
#include "lib/metrics.h"

/* The checksum over all files of SQL that this program was built with. */
#define SCHEMA_FILE(name, checksum)
#define SCHEMA_ALL(checksum)	checksum
static const char	schema_built[] =
#include "migrations/checksums"
    ;

#define LABEL(id, label, ...)						\
	static const struct metrics_label id = {			\
		.name = label,						\
		.values = (const char *const []){ __VA_ARGS__, NULL },	\
	}

LABEL(VERSION, "version", CALENDLYD_VERSION);
LABEL(SCHEMA, "schema", schema_built);
LABEL(POOL, "pool", "app", "ingest", "runner", "pusher", "health",
    "watch");
LABEL(START_RESULT, "result", "ok", "failed");
LABEL(EXIT_REASON, "reason", "left", "failed", "killed");
LABEL(RELOAD_RESULT, "result", "ok", "refused");
LABEL(STATUS, "status", "200", "201", "202", "204", "302", "303", "304",
    "400", "401", "403", "404", "405", "409", "410", "413", "415", "422",
    "429", "500", "502", "503", "504", "other");
/*
 * What became of a webhook request: four ways in which it was accepted, the
 * codes of problem documents, and a client that left before the answer.
 */
LABEL(WEBHOOK_OUTCOME, "outcome", "stored", "known", "retold", "unkept",
    "signature_missing", "signature_malformed", "signature_invalid",
    "signature_stale", "endpoint_unknown", "endpoint_retired", "too_large",
    "invalid_request", "client_gone", "unavailable", "other");
LABEL(WINDOW, "window", "inside", "outside");
LABEL(FAMILY, "kind", EVENT_FAMILIES, "unreadable", "other");
LABEL(APPLY_OUTCOME, "outcome", "applied", "superseded", "flagged", "failed",
    "parked");
LABEL(JOB_KIND, "kind", "reconcile", "teardown", "erase", "sync", "other");
LABEL(JOB_OUTCOME, "outcome", "done", "failed", "parked", "put_back", "held",
    "lost");
LABEL(LANE, "lane", "fast", "slow");
LABEL(CHANGE_SOURCE, "source", "webhook", "sync", "poll", "other");
LABEL(WALK_PURPOSE, "purpose", "backfill", "repair", "request", "window",
    "poll", "other");
LABEL(WALK_OUTCOME, "outcome", "complete", "stuck", "restarted", "other");
LABEL(SYNC_READ, "what", "events", "invitees", "unread", "other");
LABEL(PURPOSE, "purpose", "code_exchange", "token_refresh", "token_revoke",
    "token_introspect", "user_me", "subscription_list", "subscription_show",
    "subscription_create", "subscription_delete", "event_list", "event_show",
    "invitee_list", "invitee_show", "other");
LABEL(PUSH_OUTCOME, "outcome", "delivered", "failed", "dead");
LABEL(CLASS, "status", "2xx", "4xx", "429", "5xx", "none", "other");
LABEL(CALLER, "caller", "people", "background");
LABEL(REFRESH_OUTCOME, "outcome", "granted", "invalid_grant", "later",
    "ambiguous", "refused", "client_refused");
LABEL(REVOKE_OUTCOME, "outcome", "revoked", "spared", "kept", "refused",
    "failed", "given_up", "lost");
LABEL(CONNECT_RESULT, "result", "ok", "failed");
/*
 * The classes of SQLSTATE; "none": the server gave no answer, or the connection
 * was lost.
 */
LABEL(STATE_CLASS, "class", "none", "08", "22", "23", "25", "26", "28", "40",
    "42", "53", "54", "55", "57", "58", "P0", "XX", "other");
LABEL(PART, "part", "queue", "feed", "ledger", "connections",
    "subscriptions", "jobs", "pushes");
LABEL(QUEUE_STATE, "state", "due", "later", "parked");
LABEL(LEDGER_STATE, "state", "accepted", "applied", "superseded", "flagged",
    "pending", "missing");
LABEL(CONNECTION_STATUS, "status", "connected", "needs_reauth",
    "disconnecting", "disconnected", "other");
LABEL(SUBSCRIPTION_STATE, "state", "creating", "active", "replaced",
    "deleted", "other");
LABEL(DESTINATION_STATE, "state", "active", "failing", "paused", "disabled");
LABEL(PUSH_STATUS, "status", "waiting", "held", "dead");
LABEL(JOB_STATE, "state", "waiting", "running", "parked");

#endif
