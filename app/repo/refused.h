/*
 * refused: notes the deliveries that ingest refused, and those for endpoints
 * that nobody knows.
 *
 * No function needs a tenant's transaction: all work across tenants.
 */
#ifndef APP_REPO_REFUSED_H
#define APP_REPO_REFUSED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"

struct arena;
struct db;

/*
 * Notes that these endpoints refused a delivery each, some for a wrong
 * signature ("wrong"); an endpoint may be listed several times.  "suspected"
 * lists those that had several wrong signatures and no right one between, and
 * were not reported within the last hour; a reconcile of their connections is
 * asked for.
 */
enum cal_err	endpoints_refused(struct db *, struct arena *,
		    const char *const *ids, const bool *wrong, size_t n,
		    const char *const **suspected, int *nsuspected) ERR_CHECK;
/*
 * Notes that deliveries were refused because the database could not be reached.
 */
enum cal_err	deployment_refused(struct db *, struct arena *) ERR_CHECK;
/*
 * Notes "n" deliveries that were signed rightly for unknown endpoints; "users"
 * are the ids of the Calendly users who made their subscriptions.  "tell": this
 * was not reported within the last hour, so report it now.  CAL_NOTFOUND:
 * nothing was noted, because another process is noting the same; try again.
 */
enum cal_err	deliveries_lost(struct db *, struct arena *, int64_t n,
		    const char *const *users, size_t nusers, bool *tell)
		    ERR_CHECK;
/*
 * After rightly signed deliveries for unknown endpoints every connection is to
 * be checked.  Schedules the checks of up to "most" connections that have none
 * scheduled yet; "n" is how many those were.
 */
enum cal_err	checks_spread(struct db *, struct arena *, int most,
		    int64_t *n) ERR_CHECK;

/* What was noted of deliveries for unknown endpoints. */
struct lost {
	int64_t		 n;
	const char	*at;		/* of the last one; NULL: none ever */
	bool		 lately;	/* the last came within a week */
};

enum cal_err	lost_find(struct db *, struct arena *, struct lost *)
		    ERR_CHECK;

#endif
