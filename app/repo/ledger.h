/*
 * ledger: the books of deliveries: what became of all that was accepted.
 *
 * accepted = applied + superseded + flagged + pending + missing, and missing
 * should be 0: of those there is a delivery, but neither its event nor its
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
	const char	*closed_to;	/* what came later is not counted yet */
	bool		 current;	/* that was minutes ago, not longer */
	int64_t		 accepted;
	int64_t		 applied;
	int64_t		 superseded;
	int64_t		 flagged;
	int64_t		 pending;
	int64_t		 missing;
	int64_t		 retold;	/* of accepted, how many told anew of
					 * an event that was known */
};

/* What is missing of one minute's deliveries, and was not before. */
struct ledger_alarm {
	const char	*tenant;	/* its name */
	const char	*minute;
	int64_t		 missing;
};

/*
 * In one transaction: for about a second, close minutes and look again at
 * those that have changed; then what there is to tell of it.  "days": how
 * long retention keeps both deliveries and events.  "n" is how many minutes
 * were looked at: 0 when all is done, or somebody else is at it.
 */
enum cal_err	ledger_audit(struct db *, struct arena *, int days,
		    int64_t *n) ERR_CHECK;
enum cal_err	ledger_tell(struct db *, struct arena *,
		    struct ledger_alarm **, int *n) ERR_CHECK;
/* Of the tenant of this name, or of all (NULL). */
enum cal_err	ledger_totals(struct db *, struct arena *, const char *tenant,
		    struct ledger *) ERR_CHECK;

#endif
