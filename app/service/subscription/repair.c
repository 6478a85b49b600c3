/*
 * repair: see repair.h.
 */
#include "app/calendly/client.h"
#include "app/repo/connection.h"
#include "app/service/brief.h"
#include "app/service/service.h"
#include "app/service/subscription/reconcile.h"
#include "app/service/subscription/repair.h"

enum { INLINE_MS = 15 * 1000 };

enum cal_err
repair_run(struct service *cal, struct arena *mem, const char *tenant_id,
    const char *user_id, struct connection_view *v, bool *done)
{
	enum cal_err	 rc;

	rc = brief_connection(cal, mem, tenant_id, user_id, v);
	if (rc != CAL_OK)
		return rc;
	if (v->status == CONNECTION_NEEDS_REAUTH)
		return CAL_DENIED;
	client_set_deadline(cal->api, INLINE_MS);
	rc = reconcile_run(cal, mem, tenant_id, v->id);
	client_set_deadline(cal->api, 0);
	if (rc == CAL_DENIED)
		return rc;
	*done = rc == CAL_OK;
	rc = brief_settle_job(cal, mem, tenant_id, JOB_RECONCILE, v->id, *done);
	if (rc != CAL_OK)
		return rc;
	return brief_connection(cal, mem, tenant_id, user_id, v);
}
