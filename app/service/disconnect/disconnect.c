/*
 * disconnect: see disconnect.h.
 */
#include <string.h>

#include "app/repo/connection.h"
#include "app/repo/job.h"
#include "app/repo/sync.h"
#include "app/repo/tenant.h"
#include "app/repo/tx.h"
#include "app/service/disconnect/disconnect.h"
#include "app/service/disconnect/teardown.h"
#include "app/service/errand.h"
#include "lib/log.h"

enum {
	INLINE_MS = 10 * 1000,
	/*
	 * The request itself tries the teardown first; the job is for what that
	 * could not finish.
	 */
	JOB_AFTER = 15,			/* seconds */
};

enum cal_err
disconnect_begin(struct tx *tx, const struct disconnect_wish *w,
    struct connection *c)
{
	enum cal_err	 rc;

	if ((rc = connection_lock(tx, w->user_id, c)) != CAL_OK)
		return rc;
	if (w->erase && (rc = connection_ask_erase(tx, c->id)) != CAL_OK)
		return rc;
	if (c->grant_id == NULL)
		return w->erase && c->status == CONNECTION_DISCONNECTED ?
		    job_enqueue(tx, JOB_ERASE, c->id, c->left ? TEARDOWN_SHOWN :
		    1) : CAL_OK;
	rc = connection_mark_disconnecting(tx, c->id,
	    REASON_USER_REQUEST);
	if (rc == CAL_OK)
		rc = sync_drop(tx, c->id);
	if (rc == CAL_OK)
		rc = teardown_begin(tx, c->grant_id, JOB_AFTER);
	if (rc == CAL_OK)
		rc = audit_add(tx, w->actor, "connection.disconnect",
		    w->user_id);
	return rc;
}

/*
 * Tears down as much as is possible now.  The job tries again whatever fails.
 */
static void
tear_down(const struct errand *e, const char *grant_id)
{
	const struct errand	 in_time = errand_within(e, INLINE_MS);
	enum cal_err		 rc, job;

	rc = teardown_run(&in_time, grant_id);
	job = errand_settle_job(e, JOB_TEARDOWN, grant_id, rc);
	if (rc != CAL_OK || job != CAL_OK)
		log_info("disconnect: grant %s: goes on in the background: "
		    "%s", grant_id, err_name(rc != CAL_OK ? rc : job));
}

enum cal_err
disconnect_run(const struct errand *e, const struct disconnect_wish *w,
    struct connection_view *v)
{
	struct connection	 c;
	struct tx		 tx;
	enum cal_err		 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK ||
	    (rc = tx_end(&tx, disconnect_begin(&tx, w, &c))) != CAL_OK)
		return rc;
	if (c.grant_id != NULL)
		tear_down(e, c.grant_id);
	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = tx_leave(&tx, connection_find(&tx, w->user_id, v));
	if (rc != CAL_OK || !w->erase)
		return rc;
	return erase_run(e, c.id);
}
