/*
 * ledger: the books of deliveries, which say what became of each accepted one.
 *
 * accepted = applied + superseded + flagged + pending + missing, and missing
 * should be 0: a missing delivery is stored, but has neither an event nor a
 * place in the queue.
 */
#ifndef APP_REPO_LEDGER_H
#define APP_REPO_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/err.h"

struct arena;
struct db;

struct ledger {
	const char	*closed_to;	/* later ones are not counted yet */
	bool		 current;	/* that was at most 10 minutes ago */
	int64_t		 accepted;
	int64_t		 applied;
	int64_t		 superseded;
	int64_t		 flagged;
	int64_t		 pending;
	int64_t		 missing;
	int64_t		 retold;	/* how many of the accepted ones told
					 * again of a known event */
};

/* The missing deliveries of one minute that were not reported before. */
struct ledger_alarm {
	const char	*tenant;	/* the tenant's name */
	const char	*minute;
	int64_t		 missing;
};

/*
 * In one transaction: ledger_audit() closes minutes that are over and counts
 * again those that have changed, for about a second; ledger_tell() then lists
 * the new alarms.  "days" is how long retention keeps both deliveries and
 * events.  "n" is how many minutes were counted; 0: nothing is left to do, or
 * another process is doing it.
 */
enum cal_err	ledger_audit(struct db *, struct arena *, int days,
		    int64_t *n) ERR_CHECK;
enum cal_err	ledger_tell(struct db *, struct arena *,
		    struct ledger_alarm **, int *n) ERR_CHECK;
/* Gives the sums for the tenant of this name, or for all (NULL). */
enum cal_err	ledger_totals(struct db *, struct arena *, const char *tenant,
		    struct ledger *) ERR_CHECK;

#endif
