/*
 * service: see service.h.
 */
#include <stddef.h>

#include "app/calendly/client.h"
#include "app/service/service.h"
#include "lib/arena.h"
#include "lib/db.h"
#include "lib/keyring.h"

void
service_close(struct service *cal)
{
	if (cal == NULL)
		return;
	client_free(cal->api);
	db_free(cal->db);
	keyring_close(cal->keys);
	arena_free(cal->mem);
}

bool
service_must_wait(struct service *cal)
{
	if (cal->must_wait == NULL || !cal->must_wait(cal->must_wait_arg))
		return false;
	cal->had_to_wait = true;
	return true;
}
