/*
 * repair: see repair.h.
 */
#include <string.h>

#include "app/calendly/client.h"
#include "app/repo/connection.h"
#include "app/repo/job.h"
#include "app/repo/tenant.h"
#include "app/service/calendly.h"
#include "app/service/reconcile.h"
#include "app/service/repair.h"

enum {
	INLINE_MS = 15 * 1000,
	JOB_AFTER = 1,
};

static enum cal_err
view(struct calendly *cal, struct arena *mem, const char *tenant_id,
    const char *user_id, struct connection_view *v)
{
	enum cal_err	 rc;

	if ((rc = tenant_begin(cal->db, mem, tenant_id)) != CAL_OK)
		return rc;
	return tenant_end(cal->db, connection_find(cal->db, mem, user_id, v));
}

static enum cal_err
leave_to_job(struct calendly *cal, struct arena *mem, const char *tenant_id,
    const char *connection_id)
{
	enum cal_err	 rc;

	if ((rc = tenant_begin(cal->db, mem, tenant_id)) != CAL_OK)
		return rc;
	return tenant_end(cal->db, job_enqueue(cal->db, mem, "reconcile",
	    connection_id, JOB_AFTER));
}

enum cal_err
repair_run(struct calendly *cal, struct arena *mem, const char *tenant_id,
    const char *user_id, struct connection_view *v, bool *done)
{
	enum cal_err	 rc;

	*done = true;
	if ((rc = view(cal, mem, tenant_id, user_id, v)) != CAL_OK)
		return rc;
	if (strcmp(v->status, "needs_reauth") == 0)
		return CAL_DENIED;
	client_set_deadline(cal->api, INLINE_MS);
	rc = reconcile_run(cal, mem, tenant_id, v->id);
	client_set_deadline(cal->api, 0);
	if (rc == CAL_DENIED)
		return rc;
	if (rc != CAL_OK) {
		*done = false;
		rc = leave_to_job(cal, mem, tenant_id, v->id);
		if (rc != CAL_OK)
			return rc;
	}
	return view(cal, mem, tenant_id, user_id, v);
}
