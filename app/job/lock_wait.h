/*
 * lock_wait: how long a job that begins may wait for a row that somebody holds.
 *
 * Whoever waits for a row keeps all else that the runner has in hand waiting.
 * So after one job of a tenant waited in vain, its others wait for a moment
 * only, for a while.  What has begun waits as long as ever: a pair of tokens
 * that just came must find its place.
 */
#ifndef APP_JOB_LOCK_WAIT_H
#define APP_JOB_LOCK_WAIT_H

#include "lib/recent.h"

struct db;

/* All 0: nobody is known to wait in vain. */
struct lock_wait {
	struct recent	 tenants;	/* whose jobs waited in vain */
};

/* A job of this tenant waited in vain. */
void	lock_wait_note(struct lock_wait *, const char *tenant_id);
/* A job of this tenant begins, and rests.  The limit is for the end. */
long	lock_wait_begin(const struct lock_wait *, struct db *,
	    const char *tenant_id);
void	lock_wait_end(struct db *, long limit);

#endif
