/*
 * brief: see brief.h.
 */
#include "app/repo/connection.h"
#include "app/repo/feed.h"
#include "app/repo/grant.h"
#include "app/repo/job.h"
#include "app/repo/tx.h"
#include "app/service/brief.h"
#include "app/service/service.h"

enum { AGAIN_AFTER = 1 };	/* s */

enum cal_err
brief_grant(struct service *cal, struct arena *mem, const char *tenant_id,
    const char *grant_id, struct grant *g)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = tx_begin(&tx, cal->db, mem, tenant_id)) != CAL_OK)
		return rc;
	return tx_end(&tx, grant_load(&tx, grant_id, g));
}

enum cal_err
brief_connection(struct service *cal, struct arena *mem,
    const char *tenant_id, const char *user_id, struct connection_view *v)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = tx_begin(&tx, cal->db, mem, tenant_id)) != CAL_OK)
		return rc;
	return tx_end(&tx, connection_find(&tx, user_id, v));
}

enum cal_err
brief_feed(struct service *cal, struct arena *mem, const char *tenant_id,
    const struct feed_query *q, struct feed_page *out)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = tx_begin(&tx, cal->db, mem, tenant_id)) != CAL_OK)
		return rc;
	return tx_end(&tx, feed_list(&tx, q, out));
}

enum cal_err
brief_settle_job(struct service *cal, struct arena *mem,
    const char *tenant_id, enum job_kind kind, const char *subject, bool done)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = tx_begin(&tx, cal->db, mem, tenant_id)) != CAL_OK)
		return rc;
	rc = done ? job_drop(&tx, kind, subject) :
	    job_enqueue(&tx, kind, subject, AGAIN_AFTER);
	return tx_end(&tx, rc);
}
