/*
 * rows: declares the row of every answer, under the file that defines it and
 * whose functions read it.  Only stmt.c and those files include this.
 */
#ifndef APP_REPO_ROWS_H
#define APP_REPO_ROWS_H

#include "app/repo/row.h"

/* absent.c */
extern const struct row	absent_row;

/* budget.c */
extern const struct row	budget_call_row;

/* connection.c */
extern const struct row	connection_row;
extern const struct row	connection_view_row;
extern const struct row	connection_ended_row;

/* delivery.c */
extern const struct row	endpoint_row;
extern const struct row	delivery_row;

/* destination.c */
extern const struct row	destination_row;

/* destination_push.c */
extern const struct row	replay_row;
extern const struct row	push_row;
extern const struct row	push_list_row;
extern const struct row	push_attempt_row;

/* event.c */
extern const struct row	event_row;

/* failing.c */
extern const struct row	failing_ended_row;
extern const struct row	heard_row;

/* feed.c */
extern const struct row	feed_row;

/* flow.c */
extern const struct row	oauth_state_row;

/* gap.c */
extern const struct row	gap_row;

/* grant.c */
extern const struct row	grant_row;

/* idempotency.c */
extern const struct row	idempotency_row;

/* job.c */
extern const struct row	claimed_row;
extern const struct row	api_call_row;

/* ledger.c */
extern const struct row	ledger_alarm_row;
extern const struct row	ledger_row;

/* meeting.c */
extern const struct row	meeting_row;
extern const struct row	invitee_row;
extern const struct row	invitee_ref_row;

/* ops.c */
extern const struct row	ops_tenant_row;
extern const struct row	ops_key_row;
extern const struct row	ops_connection_row;
extern const struct row	ops_job_row;
extern const struct row	ops_call_row;
extern const struct row	ops_trouble_row;
extern const struct row	ops_left_row;

/* ops_delivery.c */
extern const struct row	ops_delivery_row;
extern const struct row	ops_delivery_found_row;
extern const struct row	ops_retried_row;
extern const struct row	ops_backlog_row;

/* ops_schema.c */
extern const struct row	ops_role_row;

/* ops_session.c */
extern const struct row	ops_session_row;
extern const struct row	ops_story_row;

/* push.c */
extern const struct row	push_target_row;
extern const struct row	push_taken_row;

/* refused.c */
extern const struct row	lost_row;

/* schema.c */
extern const struct row	schema_exists_row;
extern const struct row	schema_applied_row;

/* sealed.c */
extern const struct row	sealed_count_row;
extern const struct row	sealed_row;
extern const struct row	sealed_grant_row;
extern const struct row	sealed_forgotten_row;

/* session.c */
extern const struct row	session_made_row;
extern const struct row	session_found_row;
extern const struct row	connect_session_row;

/* subscription.c */
extern const struct row	known_row;

/* sync.c */
extern const struct row	sync_row;
extern const struct row	sync_work_row;
extern const struct row	sync_complete_row;

/* tally.c */
extern const struct row	tally_row;

/* tenant.c */
extern const struct row	api_key_row;
extern const struct row	deployment_met_row;
extern const struct row	deployment_row;

/* upkeep.c */
extern const struct row	subscription_tries_row;
extern const struct row	adopted_row;

#endif
