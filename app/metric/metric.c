/*
 * metric: see metric.h.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "app/metric/metric.h"
#include "app/metric/table.h"
#include "lib/log.h"
#include "lib/metrics.h"

enum { FAMILY_MAX = 32 };

static int
value_of(enum metric_id id, size_t label, const char *value)
{
	return value == NULL ? 0 :
	    metrics_value(metric_table[id].label[label], value);
}

void
metric_open(const char *const *routes)
{
	metric_routes.values = routes;
	metrics_open(metric_table, METRIC__MAX);
	metrics_set(METRIC_BUILD_INFO, 0, 0, 1);
	metrics_set(METRIC_START_TIME, 0, 0, (int64_t)time(NULL));
}

void
metric_count(enum metric_id id, const char *a, const char *b)
{
	metrics_add(id, value_of(id, 0, a), value_of(id, 1, b), 1);
}

void
metric_set(enum metric_id id, const char *a, int64_t value)
{
	metrics_set(id, value_of(id, 0, a), 0, value);
}

void
metric_observe(enum metric_id id, const char *a, int64_t value)
{
	metrics_observe(id, value_of(id, 0, a), 0, value);
}

/*
 * Dropped log lines that this process has counted so far.  Set to 0 in a fresh
 * process, which has dropped none.
 */
static unsigned long	dropped;

void
metric_process(const char *pool)
{
	dropped = 0;
	metrics_set(METRIC_PROCESSES, value_of(METRIC_PROCESSES, 0, pool), 0,
	    1);
}

void
metric_log_dropped(void)
{
	const unsigned long	 now = log_dropped();

	if (now == dropped)
		return;
	metrics_add(METRIC_LOG_DROPPED, 0, 0, (int64_t)(now - dropped));
	dropped = now;
}

void
metric_request(int route, int status, int64_t us)
{
	const char	 text[] = { (char)('0' + status / 100),
			    (char)('0' + status / 10 % 10),
			    (char)('0' + status % 10), '\0' };

	metrics_add(METRIC_REQUESTS, route, value_of(METRIC_REQUESTS, 1, text),
	    1);
	metrics_observe(METRIC_REQUEST_SECONDS, route, 0, us);
}

/*
 * Counts by the kind's first part, such as "invitee": Calendly may invent new
 * kinds, and they must not become new label values.
 */
void
metric_delivery(const char *kind, const char *outcome)
{
	char	 family[FAMILY_MAX] = "unreadable";

	if (kind != NULL)
		(void)snprintf(family, sizeof(family), "%.*s",
		    (int)strcspn(kind, "."), kind);
	metric_count(METRIC_DELIVERIES, family, outcome);
}

static const char *
class_of(int status)
{
	if (status == 429)
		return "429";
	switch (status / 100) {
	case 2:
		return "2xx";
	case 4:
		return "4xx";
	case 5:
		return "5xx";
	default:
		return status == 0 ? "none" : "other";
	}
}

void
metric_call(const char *purpose, int status, int64_t ms)
{
	metric_count(METRIC_CALLS, purpose, class_of(status));
	metric_observe(METRIC_CALL_SECONDS, purpose, ms);
}

void
metric_change(const char *source, int64_t lag)
{
	metric_count(METRIC_CHANGES, source, NULL);
	if (lag >= 0)
		metric_observe(METRIC_CHANGE_LAG, source, lag);
}

void
metric_walk(const char *purpose, const char *outcome)
{
	metric_count(METRIC_WALKS, purpose, outcome);
}

void
metric_sync_read(const char *what, int64_t n)
{
	metrics_add(METRIC_SYNC_READ, value_of(METRIC_SYNC_READ, 0, what), 0,
	    n);
}

void
metric_missed(bool by_webhook)
{
	metric_count(by_webhook ? METRIC_MISSED_BY_WEBHOOK :
	    METRIC_MISSED_BY_POLL, NULL, NULL);
}

void
metric_put_none(struct metrics_view *v, enum metric_id id)
{
	const struct metrics_label	*label = metric_table[id].label[0];
	int				 a;

	metrics_put(v, id, 0, 0, 0);
	for (a = 0; label != NULL && label->values[a] != NULL; a++)
		metrics_put(v, id, a, 0, 0);
}

void
metric_put(struct metrics_view *v, enum metric_id id, const char *a,
    int64_t value)
{
	metrics_put(v, id, value_of(id, 0, a), 0, value);
}
