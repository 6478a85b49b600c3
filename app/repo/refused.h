/*
 * refused: what ingest refused, and deliveries that nobody could take.
 *
 * None of it needs a tenant's transaction: all of it looks across tenants.
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
 * These endpoints refused a delivery each, some for a wrong signature (the
 * same one may be there several times).  "suspected": of which of them it is
 * time to say that several were wrong and none right between; a reconcile of
 * each is asked for.
 */
enum cal_err	endpoints_refused(struct db *, struct arena *,
		    const char *const *ids, const bool *wrong, size_t n,
		    const char *const **suspected, int *nsuspected) ERR_CHECK;
/* Deliveries were refused while the database was away. */
enum cal_err	deployment_refused(struct db *, struct arena *) ERR_CHECK;
/*
 * "n" deliveries were signed rightly for endpoints that nobody knows; these
 * are Calendly's users, by id, who made their subscriptions.  "tell": an hour
 * has passed since this was last told.  CAL_NOTFOUND: nothing is noted,
 * another process is at it.
 */
enum cal_err	deliveries_lost(struct db *, struct arena *, int64_t n,
		    const char *const *users, size_t nusers, bool *tell)
		    ERR_CHECK;
/* Plan the checks of "most" connections more, if such deliveries ask for it;
 * says of how many. */
enum cal_err	checks_spread(struct db *, struct arena *, int most,
		    int64_t *n) ERR_CHECK;

/* What was noted of such deliveries. */
struct lost {
	int64_t		 n;
	const char	*at;		/* of the last; NULL: never */
	bool		 lately;	/* that is within a week */
};

enum cal_err	lost_find(struct db *, struct arena *, struct lost *)
		    ERR_CHECK;

#endif
