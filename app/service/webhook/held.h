/*
 * held: remembers tenants with rows that another process keeps locked, so that
 * this process leaves them alone for a moment instead of waiting for such a row
 * again in each batch.
 */
#ifndef APP_SERVICE_WEBHOOK_HELD_H
#define APP_SERVICE_WEBHOOK_HELD_H

#include <stdbool.h>

struct service;

enum { HELD_SECONDS = 5 };	/* for which a tenant is left alone */

/*
 * Notes that this process waited for a row of this tenant and did not get it.
 */
void	 held_note(struct service *, const char *tenant_id);
/* Says whether that was noted less than HELD_SECONDS ago. */
bool	 held_is(struct service *, const char *tenant_id);

#endif
