/*
 * lock_wait: how long a starting job may wait for a row that another
 * transaction has locked.
 *
 * A job that waits for a row holds up everything else that the runner has in
 * hand.  So after one job of a tenant has waited in vain, the tenant's other
 * jobs wait only briefly for a while.  A job that has already started waits as
 * long as usual, because a token pair that has just come from Calendly must be
 * stored.
 */
#ifndef APP_JOB_LOCK_WAIT_H
#define APP_JOB_LOCK_WAIT_H

#include "lib/recent.h"

struct db;

/* To begin with, all bytes are zero: no tenant is remembered. */
struct lock_wait {
	struct recent	 tenants;	/* whose jobs waited in vain */
};

/* Notes that a job of this tenant waited in vain. */
void	lock_wait_note(struct lock_wait *, const char *tenant_id);
/*
 * Call lock_wait_begin() before a job of this tenant starts: it may shorten the
 * database's lock limit, and returns the old limit in ms.  Give that to
 * lock_wait_end() once the job rests for the first time or ends.
 */
long	lock_wait_begin(const struct lock_wait *, struct db *,
	    const char *tenant_id);
void	lock_wait_end(struct db *, long limit);

#endif
