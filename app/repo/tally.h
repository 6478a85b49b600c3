/*
 * tally: counts over all tenants, for monitoring.
 *
 * They stay cheap however many rows there are; migrations/functions/tally.sql
 * says which are counted only up to a bound and which are estimates.
 */
#ifndef APP_REPO_TALLY_H
#define APP_REPO_TALLY_H

#include <stdint.h>

#include "lib/err.h"

struct arena;
struct db;

enum tally {
	TALLY_QUEUE,		/* deliveries: due, later, parked */
	TALLY_OLDEST,		/* age in seconds of the next due one */
	TALLY_FEED,		/* events that were ever numbered */
	TALLY_UNNUMBERED,	/* events without a number yet */
	TALLY_LEDGER,		/* the sums of the ledger */
	TALLY_CONNECTIONS,	/* by status */
	TALLY_SUBSCRIPTIONS,	/* by state */
	TALLY_JOBS,		/* waiting, running, parked */
	TALLY_SLOW,		/* accounts whose calls hang */
	TALLY_DESTINATIONS,	/* by state; active ones that fail apart */
	TALLY_PUSHES,		/* that are not delivered, by status */
};

struct tally_row {
	const char	*state;		/* NULL: the count has no states */
	int64_t		 n;
};

/* A state with a count of 0 may have no row. */
enum cal_err	tally_list(struct db *, struct arena *, enum tally,
		    struct tally_row **, int *n) ERR_CHECK;

#endif
