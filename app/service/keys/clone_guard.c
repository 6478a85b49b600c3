/*
 * clone_guard: see clone_guard.h.
 */
#include <string.h>

#include "app/repo/tenant.h"
#include "app/service/keys/check.h"
#include "app/service/keys/clone_guard.h"
#include "app/service/service.h"
#include "app/settings/settings.h"
#include "lib/arena.h"
#include "lib/keyring.h"

const char *
clone_guard_shut(struct service *cal, struct arena *mem)
{
	struct deployment	 d = { .id = NULL };
	const char		*fault;

	switch (deployment_meet(cal->db, mem, cal->set->backend_url, &d)) {
	case CAL_OK:
		break;
	case CAL_NOTFOUND:
		return "held: the database has no deployment yet: run "
		    "\"calendlyctl migrate\"";
	default:
		return "held: the database does not answer";
	}
	if (strcmp(d.id, keyring_deployment(cal->keys)) != 0)
		return arena_printf(mem, "held: the database belongs to "
		    "deployment %s, the keyring to %s: is this a copy?  See "
		    "\"calendlyctl adopt\"", d.id,
		    keyring_deployment(cal->keys));
	if (strcmp(d.backend_url, cal->set->backend_url) != 0)
		return arena_printf(mem, "held: the database serves %s, "
		    "BACKEND_URL is %s: is this a copy?  See \"calendlyctl "
		    "adopt\"", d.backend_url, cal->set->backend_url);
	if ((fault = keys_fault(cal, mem)) != NULL)
		return arena_printf(mem, "held: %s", fault);
	return NULL;
}
