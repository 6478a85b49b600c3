/*
 * scrape: all numbers of this moment: what the processes of this host have
 * counted, and what the database knows.
 */
#ifndef APP_SERVICE_HEALTH_SCRAPE_H
#define APP_SERVICE_HEALTH_SCRAPE_H

struct arena;
struct service;
struct metrics_view;

/*
 * What the database does not say in time is left out.  NULL if nothing is
 * counted here at all.
 */
struct metrics_view	*scrape_run(struct service *, struct arena *);

#endif
