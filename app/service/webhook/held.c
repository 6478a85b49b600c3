/*
 * held: see held.h.
 */
#include <stddef.h>

#include "app/service/service.h"
#include "app/service/webhook/held.h"
#include "lib/arena.h"
#include "lib/recent.h"

void
held_note(struct service *cal, const char *tenant_id)
{
	if (cal->held == NULL)
		cal->held = arena_alloc(cal->mem, sizeof(*cal->held));
	recent_note(cal->held, tenant_id, HELD_SECONDS * 1000);
}

bool
held_is(struct service *cal, const char *tenant_id)
{
	return cal->held != NULL && recent_has(cal->held, tenant_id);
}
