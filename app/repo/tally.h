/*
 * tally: what is counted over all tenants, for who watches.
 *
 * Cheap however many rows there are; what is counted up to a bound and what
 * is estimated is told in migrations/0012_metrics.sql.
 */
#ifndef APP_REPO_TALLY_H
#define APP_REPO_TALLY_H

#include <stdint.h>

#include "lib/err.h"

struct arena;
struct db;

enum tally {
	TALLY_QUEUE,		/* deliveries: due, later, parked */
	TALLY_OLDEST,		/* seconds since the first due one came */
	TALLY_FEED,		/* events that ever got a number */
	TALLY_UNNUMBERED,	/* events that wait for theirs */
	TALLY_LEDGER,		/* the books: accepted, ... */
	TALLY_CONNECTIONS,	/* by status */
	TALLY_SUBSCRIPTIONS,	/* by state */
	TALLY_JOBS,		/* waiting, running, parked */
	TALLY_SLOW,		/* accounts for which Calendly hangs */
};

struct tally_row {
	const char	*state;		/* NULL: it has none */
	int64_t		 n;
};

/* Of what there is none there may be no row. */
enum cal_err	tally_list(struct db *, struct arena *, enum tally,
		    struct tally_row **, int *n) ERR_CHECK;

#endif
