/*
 * metric: what calendlyd counts; declares every metric and how to count.
 *
 * The help texts in table.c and docs/operations.md say what each metric means.
 * A label's value is always one of a closed list; any other value counts as the
 * list's last one, so no input from outside can create a new time series.
 */
#ifndef APP_METRIC_METRIC_H
#define APP_METRIC_METRIC_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/metrics.h"

enum metric_id {
	/* Processes. */
	METRIC_BUILD_INFO,
	METRIC_START_TIME,
	METRIC_PROCESSES,
	METRIC_PROCESS_STARTS,
	METRIC_PROCESS_EXITS,
	METRIC_RELOADS,
	METRIC_LOG_DROPPED,
	/* Requests. */
	METRIC_REQUESTS,
	METRIC_REQUEST_SECONDS,
	METRIC_READERS_WAITING,
	METRIC_BROWSERS_WAITING,
	/* Webhooks. */
	METRIC_WEBHOOKS,
	METRIC_WEBHOOKS_LOST,
	METRIC_SIGNATURE_AGE,
	METRIC_INGEST_BATCH,
	/* Background work. */
	METRIC_DELIVERIES,
	METRIC_APPLY_BATCH,
	METRIC_JOB_RUNS,
	METRIC_JOBS_IN_HAND,
	/* Meetings, and how they are read from Calendly. */
	METRIC_CHANGES,
	METRIC_CHANGE_LAG,
	METRIC_WALKS,
	METRIC_SYNC_READ,
	METRIC_MISSED_BY_WEBHOOK,
	METRIC_MISSED_BY_POLL,
	/* Calls to Calendly. */
	METRIC_CALLS,
	METRIC_CALL_SECONDS,
	METRIC_CALLS_HELD,
	METRIC_REFRESHES,
	METRIC_REVOCATIONS,
	METRIC_WORKERS_CALLING,
	/* Pushes to destinations. */
	METRIC_PUSHES,
	METRIC_PUSH_SECONDS,
	METRIC_PUSH_LAG,
	/* The database. */
	METRIC_DATABASE_CONNECTS,
	METRIC_DATABASE_ERRORS,
	METRIC_DATABASE_STALLS,
	/*
	 * Values that only the database knows; each scrape reads them from
	 * there.
	 */
	METRIC_DATABASE_UP,
	METRIC_SCRAPE_FAILURES,
	METRIC_QUEUE,
	METRIC_QUEUE_AGE,
	METRIC_FEED_EVENTS,
	METRIC_FEED_WAITING,
	METRIC_LEDGER,
	METRIC_CONNECTIONS,
	METRIC_SUBSCRIPTIONS,
	METRIC_JOBS,
	METRIC_SLOW_ACCOUNTS,
	METRIC_DESTINATIONS,
	METRIC_PUSHES_OPEN,
	METRIC__MAX
};

/*
 * Called once, by the master, before it starts other processes.  "routes" lists
 * the values of the label "route", ends with NULL, and must stay valid.
 */
void	metric_open(const char *const *routes);

/*
 * Adds one to a counter.  "a" and "b" are label values; NULL where the metric
 * has no such label.
 */
void	metric_count(enum metric_id, const char *a, const char *b);
/* Sets this process's share of a gauge. */
void	metric_set(enum metric_id, const char *a, int64_t value);
/* Adds a value to a histogram, in the unit of its bounds (table.c). */
void	metric_observe(enum metric_id, const char *a, int64_t value);
/* Counts this process as one of the pool. */
void	metric_process(const char *pool);
/* Adds the log lines that this process had to drop since the last call. */
void	metric_log_dropped(void);
/*
 * Counts an answered request.  "route" is its name's index, from 0; "us" is its
 * duration in microseconds.
 */
void	metric_request(int route, int status, int64_t us);
/*
 * Counts what became of a stored webhook of this kind ("invitee.created");
 * "kind" is NULL if the webhook could not be read.
 */
void	metric_delivery(const char *kind, const char *outcome);
/*
 * Counts a call to Calendly that ended after "ms" milliseconds; status 0: there
 * was no answer.
 */
void	metric_call(const char *purpose, int status, int64_t ms);
/*
 * Counts a change of a meeting that was told ("meeting.changed"), by the name
 * of its source.  "lag" is how many seconds after the change at Calendly it was
 * known here; negative: when it was made is not known.
 */
void	metric_change(const char *source, int64_t lag);
/*
 * Counts a walk over a user's meetings that ended ("complete"), could not go on
 * ("stuck") or began anew ("restarted").
 */
void	metric_walk(const char *purpose, const char *outcome);
/* Adds to what walks have read: "events", "invitees" or "unread" entries. */
void	metric_sync_read(const char *what, int64_t n);
/*
 * Counts a change that a walk found although a webhook, or else a poll, should
 * have told of it.
 */
void	metric_missed(bool by_webhook);
/*
 * Puts values into one scrape: metric_put_none() sets a metric to 0 for each
 * value of its label, metric_put() then gives those that were found.
 */
void	metric_put_none(struct metrics_view *, enum metric_id);
void	metric_put(struct metrics_view *, enum metric_id, const char *a,
	    int64_t value);

#endif
