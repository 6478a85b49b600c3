/*
 * status: see status.h.
 */
#include "app/domain/status.h"

static const char *const	connection_statuses[CONNECTION_STATUS__MAX] = {
	[CONNECTION_CONNECTED] = "connected",
	[CONNECTION_NEEDS_REAUTH] = "needs_reauth",
	[CONNECTION_DISCONNECTING] = "disconnecting",
	[CONNECTION_DISCONNECTED] = "disconnected",
};
const struct names	connection_status_names =
    NAMES("connection status", connection_statuses);

static const char *const	connection_reasons[CONNECTION_REASON__MAX] = {
	[REASON_INVALID_GRANT] = "invalid_grant",
	[REASON_ROTATION_AMBIGUOUS] = "rotation_ambiguous",
	[REASON_REFUSED] = "refused",
	[REASON_KEY_LOST] = "key_lost",
	[REASON_USER_REQUEST] = "user_request",
	[REASON_CREDENTIALS_DEAD] = "credentials_dead",
	[REASON_REVOCATION_REFUSED] = "revocation_refused",
	[REASON_UNFINISHED] = "unfinished",
};
const struct names	connection_reason_names =
    NAMES("connection reason", connection_reasons);

static const char *const	capabilities[CAPABILITY__MAX] = {
	[CAPABILITY_OK] = "ok",
	[CAPABILITY_PLAN] = "plan",
	[CAPABILITY_ROLE] = "role",
	[CAPABILITY_SCOPE] = "scope",
	[CAPABILITY_REJECTED] = "rejected",
	[CAPABILITY_UNREADABLE] = "unreadable",
	[CAPABILITY_UNKNOWN] = "unknown",
};
const struct names	capability_names =
    NAMES("capability", capabilities);

static const char *const	grant_statuses[GRANT_STATUS__MAX] = {
	[GRANT_PENDING] = "pending",
	[GRANT_LIVE] = "live",
	[GRANT_NEEDS_REAUTH] = "needs_reauth",
	[GRANT_TEARDOWN] = "teardown",
	[GRANT_ERASED] = "erased",
};
const struct names	grant_status_names =
    NAMES("grant status", grant_statuses);

static const char *const	grant_troubles[GRANT_TROUBLE__MAX] = {
	[TROUBLE_ACCOUNT_UNKNOWN] = "account_unknown",
	[TROUBLE_ACCOUNT_IN_USE] = "account_in_use",
	[TROUBLE_REVOCATION_REFUSED] = "revocation_refused",
};
const struct names	grant_trouble_names =
    NAMES("grant trouble", grant_troubles);

static const char *const	endpoint_states[ENDPOINT_STATE__MAX] = {
	[ENDPOINT_LIVE] = "live",
	[ENDPOINT_DRAINING] = "draining",
	[ENDPOINT_RETIRED] = "retired",
};
const struct names	endpoint_state_names =
    NAMES("endpoint state", endpoint_states);

static const char *const	subscription_states[SUBSCRIPTION_STATE__MAX] = {
	[SUBSCRIPTION_CREATING] = "creating",
	[SUBSCRIPTION_ACTIVE] = "active",
	[SUBSCRIPTION_REPLACED] = "replaced",
	[SUBSCRIPTION_DELETED] = "deleted",
};
const struct names	subscription_state_names =
    NAMES("subscription state", subscription_states);

static const char *const
    subscription_troubles[SUBSCRIPTION_TROUBLE__MAX] = {
	[SUBSCRIPTION_DISABLED] = "disabled",
	[SUBSCRIPTION_GONE] = "gone",
	[SUBSCRIPTION_OTHER_URL] = "other_url",
	[SUBSCRIPTION_OTHER_EVENTS] = "other_events",
	[SUBSCRIPTION_OTHER_ORGANIZATION] = "other_organization",
	[SUBSCRIPTION_UNCONFIRMED] = "unconfirmed",
	[SUBSCRIPTION_TOO_MANY] = "too_many",
};
const struct names	subscription_trouble_names =
    NAMES("subscription trouble", subscription_troubles);

static const char *const	webhook_states[WEBHOOK_STATE__MAX] = {
	[WEBHOOK_CREATING] = "creating",
	[WEBHOOK_ACTIVE] = "active",
	[WEBHOOK_FAILING] = "failing",
	[WEBHOOK_DISABLED] = "disabled",
};
const struct names	webhook_state_names =
    NAMES("webhook state", webhook_states);

static const char *const	webhook_failures[WEBHOOK_FAILURE__MAX] = {
	[FAILURE_RETRYING] = "retrying",
	[FAILURE_DISABLED] = "disabled",
};
const struct names	webhook_failure_names =
    NAMES("webhook failure", webhook_failures);

static const char *const	session_statuses[SESSION_STATUS__MAX] = {
	[SESSION_PENDING] = "pending",
	[SESSION_DONE] = "done",
	[SESSION_FAILED] = "failed",
	[SESSION_EXPIRED] = "expired",
};
const struct names	session_status_names =
    NAMES("session status", session_statuses);

static const char *const	session_results[SESSION_RESULT__MAX] = {
	[RESULT_CONNECTED] = "connected",
	[RESULT_RECONNECTED] = "reconnected",
	[RESULT_SWITCHED] = "switched",
	[RESULT_DENIED] = "denied",
	[RESULT_WRONG_ACCOUNT] = "wrong_account",
	[RESULT_ERROR] = "error",
};
const struct names	session_result_names =
    NAMES("session result", session_results);

static const char *const	event_sources[EVENT_SOURCE__MAX] = {
	[SOURCE_WEBHOOK] = "webhook",
	[SOURCE_SYNC] = "sync",
	[SOURCE_POLL] = "poll",
	[SOURCE_SYSTEM] = "system",
};
const struct names	event_source_names =
    NAMES("event source", event_sources);

static const char *const	event_outcomes[EVENT_OUTCOME__MAX] = {
	[OUTCOME_APPLIED] = "applied",
	[OUTCOME_SUPERSEDED] = "superseded",
	[OUTCOME_FLAGGED] = "flagged",
};
const struct names	event_outcome_names =
    NAMES("event outcome", event_outcomes);

static const char *const	delivery_states[DELIVERY_STATE__MAX] = {
	[DELIVERY_WAITING] = "waiting",
	[DELIVERY_PARKED] = "parked",
	[DELIVERY_MISSING] = "missing",
	[DELIVERY_APPLIED] = "applied",
	[DELIVERY_SUPERSEDED] = "superseded",
	[DELIVERY_FLAGGED] = "flagged",
};
const struct names	delivery_state_names =
    NAMES("delivery state", delivery_states);

static const char *const	job_states[JOB_STATE__MAX] = {
	[JOB_WAITING] = "waiting",
	[JOB_RUNNING] = "running",
	[JOB_PARKED] = "parked",
};
const struct names	job_state_names =
    NAMES("job state", job_states);

static const char *const	meeting_statuses[MEETING_STATUS__MAX] = {
	[MEETING_STATUS_ACTIVE] = "active",
	[MEETING_STATUS_CANCELED] = "canceled",
	[MEETING_STATUS_GONE] = "gone",
};
const struct names	meeting_status_names =
    NAMES("meeting status", meeting_statuses);

static const char *const	sync_purposes[SYNC_PURPOSE__MAX] = {
	[SYNC_BACKFILL] = "backfill",
	[SYNC_REPAIR] = "repair",
	[SYNC_REQUEST] = "request",
	[SYNC_WINDOW] = "window",
	[SYNC_POLL] = "poll",
};
const struct names	sync_purpose_names =
    NAMES("sync purpose", sync_purposes);

static const char *const	sync_phases[SYNC_PHASE__MAX] = {
	[SYNC_EVENTS] = "events",
	[SYNC_INVITEES] = "invitees",
	[SYNC_MISSING] = "missing",
};
const struct names	sync_phase_names = NAMES("sync phase", sync_phases);

static const char *const	sync_troubles[SYNC_TROUBLE__MAX] = {
	[SYNC_NO_SCOPE] = "scope",
	[SYNC_REFUSED] = "refused",
	[SYNC_UNREACHABLE] = "unreachable",
};
const struct names	sync_trouble_names =
    NAMES("sync trouble", sync_troubles);

static const char *const	sync_states[SYNC_STATE__MAX] = {
	[SYNC_IDLE] = "idle",
	[SYNC_WAITING] = "waiting",
	[SYNC_RUNNING] = "running",
	[SYNC_STUCK] = "stuck",
};
const struct names	sync_state_names = NAMES("sync state", sync_states);

static const char *const	fed_bys[FED_BY__MAX] = {
	[FED_BY_WEBHOOK] = "webhook",
	[FED_BY_POLL] = "poll",
};
const struct names	fed_by_names = NAMES("fed by", fed_bys);

static const char *const	destination_states[DESTINATION_STATE__MAX] = {
	[DESTINATION_ACTIVE] = "active",
	[DESTINATION_PAUSED] = "paused",
	[DESTINATION_DISABLED] = "disabled",
};
const struct names	destination_state_names =
    NAMES("destination state", destination_states);

static const char *const	destination_reasons[DESTINATION_REASON__MAX] = {
	[DESTINATION_REQUEST] = "request",
	[DESTINATION_GONE] = "gone",
	[DESTINATION_FAILING] = "failing",
	[DESTINATION_KEY_LOST] = "key_lost",
};
const struct names	destination_reason_names =
    NAMES("destination reason", destination_reasons);

static const char *const	push_statuses[PUSH_STATUS__MAX] = {
	[PUSH_WAITING] = "waiting",
	[PUSH_HELD] = "held",
	[PUSH_DELIVERED] = "delivered",
	[PUSH_DEAD] = "dead",
};
const struct names	push_status_names =
    NAMES("push status", push_statuses);

static const char *const	check_results[CHECK_RESULT__MAX] = {
	[CHECK_OK] = "ok",
	[CHECK_WARN] = "warn",
	[CHECK_FAIL] = "fail",
};
const struct names	check_result_names =
    NAMES("check result", check_results);
