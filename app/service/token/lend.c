/*
 * lend: see lend.h.
 */
#include <stddef.h>

#include "app/repo/connection.h"
#include "app/service/brief.h"
#include "app/service/service.h"
#include "app/service/token/lend.h"
#include "app/service/token/token.h"

enum cal_err
lend_run(struct service *cal, struct arena *mem, const char *tenant_id,
    const char *user_id, int64_t patience_ms, struct loan *out)
{
	struct connection_view	 v;
	enum cal_err		 rc;

	rc = brief_connection(cal, mem, tenant_id, user_id, &v);
	if (rc != CAL_OK)
		return rc;
	if (v.grant_id == NULL)
		return CAL_DENIED;
	service_act_for(cal, tenant_id, v.id);
	return token_look(cal, mem, v.grant_id, patience_ms,
	    &out->access, &out->expires_at);
}
