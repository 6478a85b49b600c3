/*
 * scrape: see scrape.h.
 */
#include <stddef.h>

#include "app/metric/metric.h"
#include "app/repo/tally.h"
#include "app/service/health/scrape.h"
#include "app/service/service.h"
#include "lib/db.h"
#include "lib/metrics.h"

enum { STATEMENT_MS = 1000 };

static const struct part {
	const char	*name;
	enum tally	 tally;
	enum metric_id	 id;
} parts[] = {
	{ "queue", TALLY_QUEUE, METRIC_QUEUE },
	{ "queue", TALLY_OLDEST, METRIC_QUEUE_AGE },
	{ "feed", TALLY_FEED, METRIC_FEED_EVENTS },
	{ "feed", TALLY_UNNUMBERED, METRIC_FEED_WAITING },
	{ "ledger", TALLY_LEDGER, METRIC_LEDGER },
	{ "connections", TALLY_CONNECTIONS, METRIC_CONNECTIONS },
	{ "subscriptions", TALLY_SUBSCRIPTIONS, METRIC_SUBSCRIPTIONS },
	{ "jobs", TALLY_JOBS, METRIC_JOBS },
	{ "jobs", TALLY_SLOW, METRIC_SLOW_ACCOUNTS },
	{ "pushes", TALLY_DESTINATIONS, METRIC_DESTINATIONS },
	{ "pushes", TALLY_PUSHES, METRIC_PUSHES_OPEN },
};

static enum cal_err
ask_part(struct service *cal, struct arena *mem, struct metrics_view *v,
    const struct part *p)
{
	struct tally_row	*rows;
	enum cal_err		 rc;
	int			 i, n;

	rc = tally_list(cal->db, mem, p->tally, &rows, &n);
	if (rc != CAL_OK)
		return rc;
	metric_put_none(v, p->id);
	for (i = 0; i < n; i++)
		metric_put(v, p->id, rows[i].state, rows[i].n);
	return CAL_OK;
}

/*
 * Asks the database for each part.  After a part that gets no answer the others
 * are not asked, because the caller would wait for each of them.
 */
static void
ask_database(struct service *cal, struct arena *mem, struct metrics_view *v)
{
	enum cal_err	 rc = CAL_OK;
	size_t		 i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (rc != CAL_UNAVAILABLE)
			rc = ask_part(cal, mem, v, &parts[i]);
		if (rc != CAL_OK)
			metric_count(METRIC_SCRAPE_FAILURES, parts[i].name,
			    NULL);
	}
	metric_put(v, METRIC_DATABASE_UP, NULL, rc != CAL_UNAVAILABLE);
}

struct metrics_view *
scrape_run(struct service *cal, struct arena *mem)
{
	struct metrics_view	*v;
	const long		 limit = db_hurry(cal->db, STATEMENT_MS);

	if ((v = metrics_look(mem)) != NULL)
		ask_database(cal, mem, v);
	(void)db_set_limit(cal->db, limit);
	return v;
}
