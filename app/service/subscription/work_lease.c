/*
 * work_lease: see work_lease.h.
 */
#include "app/calendly/client.h"
#include "app/repo/grant.h"
#include "app/repo/tx.h"
#include "app/service/errand.h"
#include "app/service/service.h"
#include "app/service/subscription/work_lease.h"
#include "lib/log.h"

/* Seconds.  Between two checks there may be a refresh, a read and a change. */
enum {
	LEASE = (CLIENT_TOKEN_MS + CLIENT_READ_MS + CLIENT_CHANGE_MS) / 1000
};

enum cal_err
work_lease_begin(const struct errand *e, const char *grant_id,
    enum grant_status status, struct work *w)
{
	struct tx	 tx;
	enum cal_err	 rc;

	*w = (struct work){ .grant_id = grant_id, .status = status };
	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = work_take(&tx, grant_id, e->cal->owner, LEASE, &w->fence);
	return tx_end(&tx, rc);
}

enum cal_err
work_lease_check(const struct errand *e, const struct work *w)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = work_hold(&tx, w->grant_id, w->fence, LEASE, w->status);
	return tx_end(&tx, rc);
}

void
work_lease_end(const struct errand *e, const struct work *w)
{
	struct tx	 tx;

	if (errand_begin(e, &tx) != CAL_OK || tx_end(&tx,
	    work_drop(&tx, w->grant_id, w->fence)) != CAL_OK)
		log_warn("work: grant %s: the lease is not given back; it "
		    "runs out by itself", w->grant_id);
}
