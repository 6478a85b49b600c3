/*
 * check: see check.h.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "app/repo/sealed.h"
#include "app/repo/tenant.h"
#include "app/service/keys/check.h"
#include "app/service/keys/deployment.h"
#include "app/service/service.h"
#include "lib/arena.h"
#include "lib/keyring.h"
#include "lib/log.h"

const char *
keys_fault(struct service *cal, struct arena *mem)
{
	struct deployment	 d = { .id = NULL };
	const char		*fault;

	if (cal->keys_proven)
		return NULL;
	if (deployment_find(cal->db, mem, &d) != CAL_OK)
		return "the database does not answer";
	if ((fault = deployment_fault_in_keys(cal->keys, mem, &d)) != NULL)
		return fault;
	cal->keys_proven = true;
	return NULL;
}

static bool
holds_key(const struct keyring *ring, uint32_t id)
{
	size_t	 i;

	for (i = 0; i < keyring_count(ring); i++)
		if (keyring_id(ring, i) == id)
			return true;
	return false;
}

const char *
keys_missing(struct db *db, struct keyring *keys, struct arena *mem)
{
	const char *const	*used, *list = NULL;
	uint32_t		 id;

	if (sealed_keys(db, mem, &used) != CAL_OK)
		return "not looked at: the database did not answer";
	keyring_look_again(keys);
	for (; *used != NULL; used++) {
		id = (uint32_t)strtoul(*used, NULL, 16);
		if (holds_key(keys, id))
			continue;
		list = list == NULL ?
		    arena_printf(mem, "%lu", (unsigned long)id) :
		    arena_printf(mem, "%s, %lu", list, (unsigned long)id);
	}
	if (list == NULL)
		return NULL;
	return arena_printf(mem, "tokens are sealed with keys that the "
	    "keyring does not hold (%s): put its newest copy here; only if "
	    "they are lost for good: \"calendlyctl keyring forget-lost\"",
	    list);
}

void
keys_say(struct service *cal, struct arena *mem)
{
	struct deployment	 d = { .id = NULL };
	const char		*fault;

	if (deployment_find(cal->db, mem, &d) != CAL_OK)
		return;		/* the database module has logged it */
	if ((fault = deployment_fault(cal->keys, mem, &d)) != NULL ||
	    (fault = keys_missing(cal->db, cal->keys, mem)) != NULL)
		log_warn("wrong keyring: %s", fault);
}
