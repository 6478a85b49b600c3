/*
 * service: see service.h.
 */
#include <stddef.h>

#include "app/calendly/client.h"
#include "app/service/service.h"
#include "lib/arena.h"
#include "lib/db.h"
#include "lib/keyring.h"
#include "lib/log.h"

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

void
service_act_for(struct service *cal, const char *tenant_id,
    const char *connection_id)
{
	cal->tenant_id = tenant_id;
	cal->connection_id = connection_id;
	if (tenant_id == NULL) {
		cal->session_id = NULL;
		log_about(NULL, NULL);
	}
}

void
service_act_for_session(struct service *cal, const char *tenant_id,
    const char *session_id, const char *connection_id)
{
	service_act_for(cal, tenant_id, connection_id);
	cal->session_id = session_id;
	log_about("session", session_id);
}
