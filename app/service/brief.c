/*
 * brief: see brief.h.
 */
#include "app/repo/connection.h"
#include "app/repo/feed.h"
#include "app/repo/grant.h"
#include "app/repo/job.h"
#include "app/repo/tenant.h"
#include "app/service/brief.h"
#include "app/service/service.h"

enum { AGAIN_AFTER = 1 };	/* s */

enum cal_err
brief_grant(struct service *cal, struct arena *mem, const char *tenant_id,
    const char *grant_id, struct grant *g)
{
	enum cal_err	 rc;

	if ((rc = tenant_begin(cal->db, mem, tenant_id)) != CAL_OK)
		return rc;
	return tenant_end(cal->db, grant_load(cal->db, mem, grant_id, g));
}

enum cal_err
brief_connection(struct service *cal, struct arena *mem,
    const char *tenant_id, const char *user_id, struct connection_view *v)
{
	enum cal_err	 rc;

	if ((rc = tenant_begin(cal->db, mem, tenant_id)) != CAL_OK)
		return rc;
	return tenant_end(cal->db, connection_find(cal->db, mem, user_id, v));
}

enum cal_err
brief_feed(struct service *cal, struct arena *mem, const char *tenant_id,
    const struct feed_query *q, struct feed_page *out)
{
	enum cal_err	 rc;

	if ((rc = tenant_begin(cal->db, mem, tenant_id)) != CAL_OK)
		return rc;
	return tenant_end(cal->db, feed_list(cal->db, mem, q, out));
}

enum cal_err
brief_settle_job(struct service *cal, struct arena *mem,
    const char *tenant_id, const char *kind, const char *subject, bool done)
{
	enum cal_err	 rc;

	if ((rc = tenant_begin(cal->db, mem, tenant_id)) != CAL_OK)
		return rc;
	rc = done ? job_drop(cal->db, mem, kind, subject) :
	    job_enqueue(cal->db, mem, kind, subject, AGAIN_AFTER);
	return tenant_end(cal->db, rc);
}
