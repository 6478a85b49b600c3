/*
 * status: every list of statuses and of reasons for them, each defined once.
 *
 * The database and the API know these values as words, the code as enums.  The
 * words are in status.c, one table for each enum.  The value 0 means none of
 * them: NULL in the database, a null member in JSON, or a filter that lets
 * everything pass.  docs/adding.md tells, under "A status or a reason", what to
 * do to add a value.
 */
#ifndef APP_DOMAIN_STATUS_H
#define APP_DOMAIN_STATUS_H

#include "lib/names.h"

/* Connections: connections.status. */
enum connection_status {
	CONNECTION_NONE,
	CONNECTION_CONNECTED,
	CONNECTION_NEEDS_REAUTH,
	CONNECTION_DISCONNECTING,
	CONNECTION_DISCONNECTED,
	CONNECTION_STATUS__MAX
};

/* Why a connection is not connected: connections.reason. */
enum connection_reason {
	REASON_NONE,
	REASON_INVALID_GRANT,
	REASON_ROTATION_AMBIGUOUS,
	REASON_REFUSED,
	REASON_KEY_LOST,
	REASON_USER_REQUEST,
	REASON_CREDENTIALS_DEAD,
	REASON_REVOCATION_REFUSED,
	REASON_UNFINISHED,
	CONNECTION_REASON__MAX
};

/* Whether Calendly lets a user have a webhook: connections.capability. */
enum capability {
	CAPABILITY_NONE,
	CAPABILITY_OK,
	CAPABILITY_PLAN,
	CAPABILITY_ROLE,
	CAPABILITY_SCOPE,
	CAPABILITY_REJECTED,
	CAPABILITY_UNREADABLE,
	CAPABILITY_UNKNOWN,
	CAPABILITY__MAX
};

/* Grants: grants.status. */
enum grant_status {
	GRANT_NONE,
	GRANT_PENDING,		/* made from a code, serves no connection yet */
	GRANT_LIVE,
	GRANT_NEEDS_REAUTH,
	GRANT_TEARDOWN,
	GRANT_ERASED,		/* its row is kept, its secrets are not */
	GRANT_STATUS__MAX
};

/* What keeps a grant's teardown from ending: grants.trouble. */
enum grant_trouble {
	TROUBLE_NONE,
	TROUBLE_ACCOUNT_UNKNOWN,
	TROUBLE_ACCOUNT_IN_USE,
	TROUBLE_REVOCATION_REFUSED,
	GRANT_TROUBLE__MAX
};

/* Endpoints: endpoints.state. */
enum endpoint_state {
	ENDPOINT_NONE,
	ENDPOINT_LIVE,
	ENDPOINT_DRAINING,	/* replaced; still takes deliveries for a
				 * while */
	ENDPOINT_RETIRED,	/* answers 410 for good */
	ENDPOINT_STATE__MAX
};

/* The subscriptions that we have made: subscriptions.state. */
enum subscription_state {
	SUBSCRIPTION_NONE,
	SUBSCRIPTION_CREATING,
	SUBSCRIPTION_ACTIVE,	/* the current one of its grant */
	SUBSCRIPTION_REPLACED,
	SUBSCRIPTION_DELETED,
	SUBSCRIPTION_STATE__MAX
};

/*
 * Why a new subscription is needed although none is made now:
 * grants.subscription_trouble.
 */
enum subscription_trouble {
	SUBSCRIPTION_WELL,
	SUBSCRIPTION_DISABLED,
	SUBSCRIPTION_GONE,
	SUBSCRIPTION_OTHER_URL,
	SUBSCRIPTION_OTHER_EVENTS,
	SUBSCRIPTION_OTHER_ORGANIZATION,
	SUBSCRIPTION_UNCONFIRMED,
	SUBSCRIPTION_TOO_MANY,
	SUBSCRIPTION_TROUBLE__MAX
};

/*
 * The state of a connection's webhook, as the API shows it.  The API shows
 * "none" for 0.
 */
enum webhook_state {
	WEBHOOK_NONE,
	WEBHOOK_CREATING,
	WEBHOOK_ACTIVE,
	WEBHOOK_FAILING,
	WEBHOOK_DISABLED,
	WEBHOOK_STATE__MAX
};

/*
 * Why deliveries fail, as Calendly itself says: the "reason" of the event
 * webhook.failing.
 */
enum webhook_failure {
	FAILURE_NONE,
	FAILURE_RETRYING,
	FAILURE_DISABLED,
	WEBHOOK_FAILURE__MAX
};

/* Connect sessions: connect_sessions.status. */
enum session_status {
	SESSION_NONE,
	SESSION_PENDING,
	SESSION_DONE,
	SESSION_FAILED,
	SESSION_EXPIRED,	/* shown for a pending one; never stored */
	SESSION_STATUS__MAX
};

/* How the last try to connect ended: connect_sessions.result. */
enum session_result {
	RESULT_NONE,
	RESULT_CONNECTED,
	RESULT_RECONNECTED,
	RESULT_SWITCHED,
	RESULT_DENIED,
	RESULT_WRONG_ACCOUNT,
	RESULT_ERROR,
	SESSION_RESULT__MAX
};

/* How we learned of an event: events.source. */
enum event_source {
	SOURCE_NONE,
	SOURCE_WEBHOOK,
	SOURCE_SYNC,
	SOURCE_POLL,
	SOURCE_SYSTEM,
	EVENT_SOURCE__MAX
};

/* What became of a webhook: events.outcome, deliveries_in.outcome. */
enum event_outcome {
	OUTCOME_NONE,
	OUTCOME_APPLIED,
	OUTCOME_SUPERSEDED,
	OUTCOME_FLAGGED,
	EVENT_OUTCOME__MAX
};

/* How far a webhook has come towards its outcome, as operators see it. */
enum delivery_state {
	DELIVERY_NONE,
	DELIVERY_WAITING,
	DELIVERY_PARKED,
	DELIVERY_MISSING,
	DELIVERY_APPLIED,
	DELIVERY_SUPERSEDED,
	DELIVERY_FLAGGED,
	DELIVERY_STATE__MAX
};

/* Background jobs, as operators see them. */
enum job_state {
	JOB_STATE_NONE,
	JOB_WAITING,
	JOB_RUNNING,
	JOB_PARKED,
	JOB_STATE__MAX
};

/* Meetings and invitees: meetings.status. */
enum meeting_status {
	MEETING_STATUS_NONE,
	MEETING_STATUS_ACTIVE,
	MEETING_STATUS_CANCELED,
	MEETING_STATUS_GONE,
	MEETING_STATUS__MAX
};

/* Why a walk over a user's scheduled events is made: syncs.purpose, asked. */
enum sync_purpose {
	SYNC_PURPOSE_NONE,
	SYNC_BACKFILL,		/* an account was connected */
	SYNC_REPAIR,		/* webhooks may have been lost */
	SYNC_REQUEST,		/* the host app or an operator asked for it */
	SYNC_WINDOW,		/* a regular look at a connection that webhooks
				 * serve */
	SYNC_POLL,		/* a look in place of webhooks */
	SYNC_PURPOSE__MAX
};

/* What a walk is reading: syncs.phase. */
enum sync_phase {
	SYNC_PHASE_NONE,	/* no walk is under way */
	SYNC_EVENTS,		/* the list of scheduled events */
	SYNC_INVITEES,
	SYNC_MISSING,		/* events that the list did not show */
	SYNC_PHASE__MAX
};

/* What keeps a walk from going on: syncs.trouble. */
enum sync_trouble {
	SYNC_WELL,
	SYNC_NO_SCOPE,
	SYNC_REFUSED,
	SYNC_UNREACHABLE,
	SYNC_TROUBLE__MAX
};

/* A connection's sync, as the API shows it. */
enum sync_state {
	SYNC_STATE_NONE,
	SYNC_IDLE,
	SYNC_WAITING,		/* a walk is asked for */
	SYNC_RUNNING,
	SYNC_STUCK,
	SYNC_STATE__MAX
};

/* What brings the changes of a connection's meetings, as the API shows it. */
enum fed_by {
	FED_BY_NONE,
	FED_BY_WEBHOOK,
	FED_BY_POLL,
	FED_BY__MAX
};

/* Destinations: destinations.state. */
enum destination_state {
	DESTINATION_NONE,
	DESTINATION_ACTIVE,
	DESTINATION_PAUSED,	/* until somebody resumes it */
	DESTINATION_DISABLED,	/* it has failed for days; likewise */
	DESTINATION_STATE__MAX
};

/* Why a destination is not active: destinations.reason. */
enum destination_reason {
	DESTINATION_REASON_NONE,
	DESTINATION_REQUEST,	/* the host app has paused it */
	DESTINATION_GONE,	/* it answered 410 */
	DESTINATION_FAILING,
	DESTINATION_KEY_LOST,	/* its secret cannot be opened any more */
	DESTINATION_REASON__MAX
};

/* Events on their way to a destination: pushes.status. */
enum push_status {
	PUSH_STATUS_NONE,
	PUSH_WAITING,		/* for its next try */
	PUSH_HELD,		/* until an earlier one of its lane is done */
	PUSH_DELIVERED,
	PUSH_DEAD,		/* given up */
	PUSH_STATUS__MAX
};

/* The result of one of the doctor's checks. */
enum check_result {
	CHECK_NONE,
	CHECK_OK,
	CHECK_WARN,		/* a person should look */
	CHECK_FAIL,
	CHECK_RESULT__MAX
};

NAMES_OF(connection_status)
NAMES_OF(connection_reason)
NAMES_OF(capability)
NAMES_OF(grant_status)
NAMES_OF(grant_trouble)
NAMES_OF(endpoint_state)
NAMES_OF(subscription_state)
NAMES_OF(subscription_trouble)
NAMES_OF(webhook_state)
NAMES_OF(webhook_failure)
NAMES_OF(session_status)
NAMES_OF(session_result)
NAMES_OF(event_source)
NAMES_OF(event_outcome)
NAMES_OF(delivery_state)
NAMES_OF(job_state)
NAMES_OF(meeting_status)
NAMES_OF(sync_purpose)
NAMES_OF(sync_phase)
NAMES_OF(sync_trouble)
NAMES_OF(sync_state)
NAMES_OF(fed_by)
NAMES_OF(destination_state)
NAMES_OF(destination_reason)
NAMES_OF(push_status)
NAMES_OF(check_result)

#endif
