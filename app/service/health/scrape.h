/*
 * scrape: collects all metrics of this moment: what the processes of this host
 * have counted, and what the database knows.
 */
#ifndef APP_SERVICE_HEALTH_SCRAPE_H
#define APP_SERVICE_HEALTH_SCRAPE_H

struct arena;
struct service;
struct metrics_view;

/*
 * Collects the metrics.  Values that the database does not deliver in time are
 * left out.  NULL: nothing is counted in this process (no shared counters).
 */
struct metrics_view	*scrape_run(struct service *, struct arena *);

#endif
