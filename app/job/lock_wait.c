/*
 * lock_wait: see lock_wait.h.
 */
#include <stddef.h>
#include <stdlib.h>

#include "app/job/lock_wait.h"
#include "lib/clock.h"
#include "lib/db.h"

enum {
	MOST = sizeof(((struct lock_wait *)NULL)->of) /
	    sizeof(((struct lock_wait *)NULL)->of[0]),
	SHORT_MS = 20,			/* for a row that is held as usual */
	FOR_MS = 10 * 1000,		/* twice as long as what waited rests */
};

void
lock_wait_note(struct lock_wait *p, const char *tenant_id)
{
	const long long	 tenant = strtoll(tenant_id, NULL, 10);
	size_t		 i, at = 0;

	for (i = 0; i < MOST && p->of[at].tenant != tenant; i++)
		if (p->of[i].tenant == tenant ||
		    p->of[i].until < p->of[at].until)
			at = i;
	p->of[at].tenant = tenant;
	p->of[at].until = clock_ms() + FOR_MS;
}

static long
limit_for(const struct lock_wait *p, const char *tenant_id, long otherwise)
{
	const long long	 tenant = strtoll(tenant_id, NULL, 10);
	const int64_t	 now = clock_ms();
	size_t		 i;

	for (i = 0; i < MOST; i++)
		if (p->of[i].tenant == tenant && p->of[i].until > now)
			return SHORT_MS;
	return otherwise;
}

long
lock_wait_begin(const struct lock_wait *p, struct db *db, const char *tenant_id)
{
	const long	 limit = db_set_lock_limit(db, SHORT_MS);

	(void)db_set_lock_limit(db, limit_for(p, tenant_id, limit));
	return limit;
}

void
lock_wait_end(struct db *db, long limit)
{
	(void)db_set_lock_limit(db, limit);
}
