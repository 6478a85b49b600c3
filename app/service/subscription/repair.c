/*
 * repair: see repair.h.
 */
#include "app/repo/connection.h"
#include "app/service/errand.h"
#include "app/service/subscription/reconcile.h"
#include "app/service/subscription/repair.h"

enum { INLINE_MS = 15 * 1000 };

static enum cal_err
look_at_connection(const struct errand *e, const char *user_id,
    struct connection_view *v)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	return tx_leave(&tx, connection_find(&tx, user_id, v));
}

enum cal_err
repair_run(const struct errand *e, const char *user_id,
    struct connection_view *v, bool *done)
{
	struct errand	 in_time;
	enum cal_err	 rc;

	if ((rc = look_at_connection(e, user_id, v)) != CAL_OK)
		return rc;
	if (v->status == CONNECTION_NEEDS_REAUTH)
		return CAL_DENIED;
	in_time = errand_within(e, INLINE_MS);
	if ((rc = reconcile_run(&in_time, v->id)) == CAL_DENIED)
		return rc;
	*done = rc == CAL_OK;
	if ((rc = errand_settle_job(e, JOB_RECONCILE, v->id, rc)) != CAL_OK)
		return rc;
	return look_at_connection(e, user_id, v);
}
