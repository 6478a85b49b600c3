/*
 * held: tenants of whose rows somebody holds one, so that this process leaves
 * them alone for a moment instead of waiting for each of them anew.
 */
#ifndef APP_SERVICE_WEBHOOK_HELD_H
#define APP_SERVICE_WEBHOOK_HELD_H

#include <stdbool.h>

struct service;

enum { HELD_SECONDS = 5 };	/* that a tenant is left alone */

/* A wait for a row of this tenant was in vain. */
void	 held_note(struct service *, const char *tenant_id);
/* It was, less than HELD_SECONDS ago. */
bool	 held_is(struct service *, const char *tenant_id);

#endif
