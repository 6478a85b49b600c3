/*
 * table: name, type, help, labels and unit of every metric.
 *
 * By Prometheus' conventions: values in seconds or plain numbers, "_total" at
 * the end of what only grows.  A label's list of values ends with "other" if
 * the values are not ours to choose.
 */
#include <stddef.h>

#include "app/metric/labels.h"
#include "app/metric/metric.h"
#include "app/metric/table.h"

enum { US = 1000 * 1000, MS = 1000 };

struct metrics_label	metric_routes = { .name = "route" };

/*
 * Bounds of the histograms: in microseconds for requests, milliseconds for
 * calls and pushes, seconds for ages, pieces for batches.
 */
static const int64_t	REQUEST_BOUNDS[] = { 500, 1000, 2500, 5000, 10000,
			    25000, 50000, 100000, 250000, 500000, 1000000,
			    2500000, 5000000, 10000000, 30000000,
			    METRICS_INF };
static const int64_t	CALL_BOUNDS[] = { 50, 100, 250, 500, 1000, 2500,
			    5000, 10000, 30000, METRICS_INF };
static const int64_t	AGE_BOUNDS[] = { -180, -60, -10, -2, 0, 2, 10, 60,
			    180, 600, 3600, 21600, 90000, METRICS_INF };
static const int64_t	LAG_BOUNDS[] = { 1, 2, 5, 10, 30, 60, 300, 900, 1800,
			    3600, 21600, 86400, METRICS_INF };
static const int64_t	PUSH_BOUNDS[] = { 50, 100, 250, 500, 1000, 2500,
			    5000, 15000, 60000, 300000, 3600000, 86400000,
			    METRICS_INF };
static const int64_t	BATCH_BOUNDS[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256,
			    512, METRICS_INF };

#define COUNTER(n)	.name = "calendlyd_" n, .type = METRICS_COUNTER
#define GAUGE(n)	.name = "calendlyd_" n, .type = METRICS_GAUGE
#define HISTOGRAM(n)	.name = "calendlyd_" n, .type = METRICS_HISTOGRAM

const struct metric metric_table[METRIC__MAX] = {
	[METRIC_BUILD_INFO] = {
		GAUGE("build_info"),
		.help = "Version of the program, and checksum of the schema "
		    "that it was built with; always 1.",
		.label = { &VERSION, &SCHEMA },
	},
	[METRIC_START_TIME] = {
		GAUGE("start_time_seconds"),
		.help = "When the master started, in Unix time.",
	},
	[METRIC_PROCESSES] = {
		GAUGE("processes"),
		.help = "Processes that live, on this host.",
		.label = { &POOL },
	},
	[METRIC_PROCESS_STARTS] = {
		COUNTER("process_starts_total"),
		.help = "Processes that the master started, or could not.",
		.label = { &POOL, &START_RESULT },
	},
	[METRIC_PROCESS_EXITS] = {
		COUNTER("process_exits_total"),
		.help = "Processes that ended: as they should, with an error, "
		    "or by a signal.",
		.label = { &POOL, &EXIT_REASON },
	},
	[METRIC_RELOADS] = {
		COUNTER("reloads_total"),
		.help = "Reloads of the configuration.",
		.label = { &RELOAD_RESULT },
	},
	[METRIC_LOG_DROPPED] = {
		COUNTER("log_lines_dropped_total"),
		.help = "Lines of the log that were dropped because whoever "
		    "reads it did not keep up.",
	},

	[METRIC_REQUESTS] = {
		COUNTER("requests_total"),
		.help = "Requests answered, by route and status.",
		.label = { &metric_routes, &STATUS },
		.sparse = true,
	},
	[METRIC_REQUEST_SECONDS] = {
		HISTOGRAM("request_duration_seconds"),
		.help = "From a request's arrival at a worker to its answer.",
		.label = { &metric_routes },
		.bounds = REQUEST_BOUNDS,
		.per = US,
		.sparse = true,
	},
	[METRIC_READERS_WAITING] = {
		GAUGE("readers_waiting"),
		.help = "Readers of the feed who hold a worker while they "
		    "wait for an event.",
	},
	[METRIC_BROWSERS_WAITING] = {
		GAUGE("browsers_waiting"),
		.help = "Browsers that hold a worker while another request "
		    "connects the same session.",
	},

	[METRIC_WEBHOOKS] = {
		COUNTER("webhook_requests_total"),
		.help = "Webhook requests, by what came of them; \"known\" "
		    "was stored before, \"retold\" is another body of a "
		    "known event, \"unkept\" is one that was not stored "
		    "because nine bodies of its event are.",
		.label = { &WEBHOOK_OUTCOME },
	},
	[METRIC_WEBHOOKS_LOST] = {
		COUNTER("webhook_unknown_signed_total"),
		.help = "Webhooks that were rightly signed with the app's "
		    "key for an endpoint that nobody knows: the database has "
		    "lost something.",
	},
	[METRIC_SIGNATURE_AGE] = {
		HISTOGRAM("webhook_signature_age_seconds"),
		.help = "Our clock less the time in a webhook's right "
		    "signature; outside of the window it is refused. "
		    "Negative if our clock is behind, so the sum may fall.",
		.label = { &WINDOW },
		.bounds = AGE_BOUNDS,
	},
	[METRIC_INGEST_BATCH] = {
		HISTOGRAM("ingest_batch_size"),
		.help = "Webhook requests that were stored by one commit.",
		.bounds = BATCH_BOUNDS,
	},

	[METRIC_DELIVERIES] = {
		COUNTER("deliveries_total"),
		.help = "Stored webhooks that runners worked on, by what came "
		    "of them; \"failed\" is tried again.",
		.label = { &FAMILY, &APPLY_OUTCOME },
		.sparse = true,
	},
	[METRIC_APPLY_BATCH] = {
		HISTOGRAM("apply_batch_size"),
		.help = "Stored webhooks that were applied by one commit.",
		.bounds = BATCH_BOUNDS,
	},
	[METRIC_JOB_RUNS] = {
		COUNTER("job_runs_total"),
		.help = "Runs of jobs; \"put_back\" was given up so that it "
		    "keeps no others waiting, \"held\" waits because somebody "
		    "holds its rows, \"lost\" was taken over by another "
		    "runner.",
		.label = { &JOB_KIND, &JOB_OUTCOME },
	},
	[METRIC_JOBS_IN_HAND] = {
		GAUGE("jobs_in_hand"),
		.help = "Jobs that this host's runners work on, by lane: slow "
		    "is where Calendly hangs.",
		.label = { &LANE },
	},

	[METRIC_CHANGES] = {
		COUNTER("meeting_changes_total"),
		.help = "Changes of meetings that were told in the feed, by "
		    "how they became known.",
		.label = { &CHANGE_SOURCE },
	},
	[METRIC_CHANGE_LAG] = {
		HISTOGRAM("meeting_change_lag_seconds"),
		.help = "From a change at Calendly to our knowing it, where "
		    "Calendly says when it was made.",
		.label = { &CHANGE_SOURCE },
		.bounds = LAG_BOUNDS,
	},
	[METRIC_WALKS] = {
		COUNTER("sync_walks_total"),
		.help = "Walks over a user's meetings at Calendly that were "
		    "complete, got stuck or began anew.",
		.label = { &WALK_PURPOSE, &WALK_OUTCOME },
	},
	[METRIC_SYNC_READ] = {
		COUNTER("sync_read_total"),
		.help = "What walks have read from Calendly; \"unread\" are "
		    "entries that made no sense and were passed over.",
		.label = { &SYNC_READ },
	},
	[METRIC_MISSED_BY_WEBHOOK] = {
		COUNTER("missed_by_webhook_total"),
		.help = "Changes that a walk found although a webhook should "
		    "have told of them.",
	},
	[METRIC_MISSED_BY_POLL] = {
		COUNTER("missed_by_poll_total"),
		.help = "Changes that a walk found although a poll should "
		    "have told of them.",
	},

	[METRIC_CALLS] = {
		COUNTER("calendly_calls_total"),
		.help = "Calls to Calendly; status \"none\": not sent, or no "
		    "answer.",
		.label = { &PURPOSE, &CLASS },
		.sparse = true,
	},
	[METRIC_CALL_SECONDS] = {
		HISTOGRAM("calendly_call_duration_seconds"),
		.help = "How long calls to Calendly took.",
		.label = { &PURPOSE },
		.bounds = CALL_BOUNDS,
		.per = MS,
		.sparse = true,
	},
	[METRIC_CALLS_HELD] = {
		COUNTER("calendly_calls_held_total"),
		.help = "Calls to Calendly that had to wait for their "
		    "account's rate limit: people's, or background work's, "
		    "which leaves a tenth of the limit to people.",
		.label = { &CALLER },
	},
	[METRIC_REFRESHES] = {
		COUNTER("token_refreshes_total"),
		.help = "Refreshes of a token pair.",
		.label = { &REFRESH_OUTCOME },
	},
	[METRIC_REVOCATIONS] = {
		COUNTER("token_revocations_total"),
		.help = "Tries to revoke a pair that is not needed any more. "
		    "\"spared\" was erased here alone, because another grant "
		    "uses its account; \"kept\" stays here, sealed, because "
		    "its account is unknown or in use; \"given_up\" was "
		    "erased after a day of tries; \"lost\" could not even "
		    "be stored.",
		.label = { &REVOKE_OUTCOME },
	},
	[METRIC_WORKERS_CALLING] = {
		GAUGE("workers_calling"),
		.help = "App workers that answer a request for which they may "
		    "have to wait for Calendly.",
	},

	[METRIC_PUSHES] = {
		COUNTER("pushes_total"),
		.help = "Tries to push an event to a destination; \"failed\" "
		    "is tried again, \"dead\" was given up.",
		.label = { &PUSH_OUTCOME },
	},
	[METRIC_PUSH_SECONDS] = {
		HISTOGRAM("push_duration_seconds"),
		.help = "How long destinations took to answer, or to fail.",
		.bounds = CALL_BOUNDS,
		.per = MS,
	},
	[METRIC_PUSH_LAG] = {
		HISTOGRAM("push_lag_seconds"),
		.help = "From an event's arrival here to its delivery; replays "
		    "do not count.",
		.bounds = PUSH_BOUNDS,
		.per = MS,
	},

	[METRIC_DATABASE_CONNECTS] = {
		COUNTER("database_connects_total"),
		.help = "Tries to connect to PostgreSQL, by result.",
		.label = { &CONNECT_RESULT },
	},
	[METRIC_DATABASE_ERRORS] = {
		COUNTER("database_errors_total"),
		.help = "Statements that failed, by class of SQLSTATE; "
		    "\"none\": no answer in time, or the connection was "
		    "lost.",
		.label = { &STATE_CLASS },
	},
	[METRIC_DATABASE_STALLS] = {
		COUNTER("database_stalls_total"),
		.help = "Statements that got no answer in time, so that all "
		    "processes connected anew.",
	},
#include "app/metric/table_scraped.inc"
};
