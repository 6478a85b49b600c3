/*
 * held: see held.h.
 */
#include <stdint.h>
#include <stdlib.h>

#include "app/service/service.h"
#include "app/service/webhook/held.h"
#include "lib/arena.h"
#include "lib/clock.h"

enum { MOST = 64 };		/* tenants; more than that are waited for */

/* Of each tenant until when, by clock_ms(); 0 is no tenant's number. */
struct held {
	struct {
		long long	 tenant;
		int64_t		 until;
	} of[MOST];
};

void
held_note(struct service *cal, const char *tenant_id)
{
	const int64_t	 now = clock_ms();
	size_t		 i, at = 0;

	if (cal->held == NULL)
		cal->held = arena_alloc(cal->mem, sizeof(*cal->held));
	for (i = 0; i < MOST; i++)
		if (cal->held->of[i].until < cal->held->of[at].until)
			at = i;
	cal->held->of[at].tenant = strtoll(tenant_id, NULL, 10);
	cal->held->of[at].until = now + (int64_t)HELD_SECONDS * 1000;
}

bool
held_is(struct service *cal, const char *tenant_id)
{
	const long long	 tenant = strtoll(tenant_id, NULL, 10);
	const int64_t	 now = clock_ms();
	size_t		 i;

	for (i = 0; cal->held != NULL && i < MOST; i++)
		if (cal->held->of[i].tenant == tenant &&
		    cal->held->of[i].until > now)
			return true;
	return false;
}
