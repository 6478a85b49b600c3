/*
 * disconnect: see disconnect.h.
 */
#include <string.h>

#include "app/calendly/client.h"
#include "app/repo/connection.h"
#include "app/repo/job.h"
#include "app/repo/tenant.h"
#include "app/repo/tx.h"
#include "app/service/brief.h"
#include "app/service/disconnect/disconnect.h"
#include "app/service/disconnect/teardown.h"
#include "app/service/service.h"
#include "lib/log.h"

enum {
	INLINE_MS = 10 * 1000,
	/* The request tries first; the job is for what it can't finish. */
	JOB_AFTER = 15,			/* s */
};

static enum cal_err
let_go(struct tx *tx, const struct disconnect_wish *w, struct connection *c)
{
	enum cal_err	 rc;

	if ((rc = connection_lock(tx, w->user_id, c)) != CAL_OK)
		return rc;
	if (w->erase && (rc = connection_ask_erase(tx, c->id)) != CAL_OK)
		return rc;
	if (c->grant_id == NULL)
		return w->erase && c->status == CONNECTION_DISCONNECTED ?
		    job_enqueue(tx, JOB_ERASE, c->id, 1) : CAL_OK;
	rc = connection_mark_disconnecting(tx, c->id,
	    REASON_USER_REQUEST);
	if (rc == CAL_OK)
		rc = teardown_begin(tx, c->grant_id, JOB_AFTER);
	if (rc == CAL_OK)
		rc = audit_add(tx, w->actor, "connection.disconnect",
		    w->user_id);
	return rc;
}

static enum cal_err
begin(struct service *cal, struct arena *mem,
    const struct disconnect_wish *w, struct connection *c)
{
	struct tx	 tx;
	enum cal_err	 rc;

	*c = (struct connection){ .grant_id = NULL };
	if ((rc = tx_begin(&tx, cal->db, mem, w->tenant_id)) != CAL_OK)
		return rc;
	return tx_end(&tx, let_go(&tx, w, c));
}

enum cal_err
disconnect_begin(struct service *cal, struct arena *mem,
    const struct disconnect_wish *w, const char **grant_id)
{
	struct connection	 c;
	enum cal_err		 rc;

	*grant_id = NULL;
	if ((rc = begin(cal, mem, w, &c)) == CAL_OK)
		*grant_id = c.grant_id;
	return rc;
}

/* As far as it goes now; whatever fails is the job's to try again. */
static void
tear_down(struct service *cal, struct arena *mem, const char *tenant_id,
    const char *grant_id)
{
	enum cal_err	 rc, job;

	client_set_deadline(cal->api, INLINE_MS);
	rc = teardown_run(cal, mem, tenant_id, grant_id);
	client_set_deadline(cal->api, 0);
	job = brief_settle_job(cal, mem, tenant_id, JOB_TEARDOWN, grant_id,
	    rc == CAL_OK);
	if (rc != CAL_OK || job != CAL_OK)
		log_info("disconnect: grant %s: goes on in the background: "
		    "%s", grant_id, err_name(rc != CAL_OK ? rc : job));
}

enum cal_err
disconnect_run(struct service *cal, struct arena *mem,
    const struct disconnect_wish *w, struct connection_view *v)
{
	struct connection	 c;
	enum cal_err		 rc;

	if ((rc = begin(cal, mem, w, &c)) != CAL_OK)
		return rc;
	if (c.grant_id != NULL)
		tear_down(cal, mem, w->tenant_id, c.grant_id);
	rc = brief_connection(cal, mem, w->tenant_id, w->user_id, v);
	if (rc != CAL_OK || !w->erase)
		return rc;
	return erase_run(cal, mem, w->tenant_id, c.id);
}
