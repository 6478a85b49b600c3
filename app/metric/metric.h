/*
 * metric: what calendlyd counts: the one table of its metrics.
 *
 * What each of them means stands in its help text and in docs/operations.md.
 * A label's value is always one of a closed list; what is none of them counts
 * as the last of it, so nothing that comes from outside makes a series.
 */
#ifndef APP_METRIC_METRIC_H
#define APP_METRIC_METRIC_H

#include <stdint.h>

#include "lib/metrics.h"

enum metric_id {
	/* The processes. */
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
	/* Calendly. */
	METRIC_CALLS,
	METRIC_CALL_SECONDS,
	METRIC_REFRESHES,
	METRIC_REVOCATIONS,
	METRIC_WORKERS_CALLING,
	/* The database. */
	METRIC_DATABASE_CONNECTS,
	METRIC_DATABASE_ERRORS,
	METRIC_DATABASE_STALLS,
	/* What only the database knows: looked up for each scrape. */
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
	METRIC__MAX
};

/*
 * Once, by the master, before it starts others.  "routes" are the values of
 * the label "route", ending with NULL; kept.
 */
void	metric_open(const char *const *routes);

/* One more.  "a" and "b" are label values, NULL where there is no label. */
void	metric_count(enum metric_id, const char *a, const char *b);
/* A gauge: so many of this process. */
void	metric_set(enum metric_id, const char *a, int64_t value);
/* In the unit that the table says. */
void	metric_observe(enum metric_id, const char *a, int64_t value);
/* This process is one of that pool. */
void	metric_process(const char *pool);
/* What this process could not log since it last said so. */
void	metric_log_dropped(void);
/* A request is answered. "route" is the number of its name, from 0. */
void	metric_request(int route, int status, int64_t us);
/* What came of a stored webhook of this kind, NULL if it can't be read. */
void	metric_delivery(const char *kind, const char *outcome);
/* A call to Calendly is over; "status" 0: without an answer. */
void	metric_call(const char *purpose, int status, int64_t ms);
/* What a scrape found out; first that there is none of any label. */
void	metric_put_none(struct metrics_view *, enum metric_id);
void	metric_put(struct metrics_view *, enum metric_id, const char *a,
	    int64_t value);

#endif
