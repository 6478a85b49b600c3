/*
 * lock_wait: see lock_wait.h.
 */
#include "app/job/lock_wait.h"
#include "lib/db.h"

enum {
	SHORT_MS = 20,			/* enough for a row locked by an
					 * ordinary transaction */
	FOR_MS = 10 * 1000,		/* twice the pause of a job whose rows
					 * were locked (HELD_MS in run.c) */
};

void
lock_wait_note(struct lock_wait *p, const char *tenant_id)
{
	recent_note(&p->tenants, tenant_id, FOR_MS);
}

long
lock_wait_begin(const struct lock_wait *p, struct db *db, const char *tenant_id)
{
	const long	 limit = db_set_lock_limit(db, SHORT_MS);

	if (!recent_has(&p->tenants, tenant_id))
		(void)db_set_lock_limit(db, limit);
	return limit;
}

void
lock_wait_end(struct db *db, long limit)
{
	(void)db_set_lock_limit(db, limit);
}
