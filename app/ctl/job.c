/*
 * job: the commands that list background jobs and run parked ones again.
 */
#include <stdlib.h>
#include <string.h>

#include "app/ctl/ctl.h"
#include "app/ctl/out.h"
#include "app/repo/ops.h"
#include "app/repo/ops_delivery.h"
#include "app/repo/tenant.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/db.h"

enum {
	JOBS = 200,
	LIMIT_MAX = 10000,
	ID_DIGITS = 18,		/* always fit into a bigint */
};

#define JOB(field)	offsetof(struct ops_job, field)

static const struct out_column	job_columns[] = {
	{ "id", "ID", OUT_TEXT, JOB(id) },
	{ "tenant", "TENANT", OUT_TEXT, JOB(tenant) },
	{ "kind", "KIND", OUT_TEXT, JOB(kind) },
	{ "subject", "SUBJECT", OUT_TEXT, JOB(subject) },
	{ "state", "STATE", OUT_JOB_STATE, JOB(state) },
	{ "tries", "TRIES", OUT_NUMBER, JOB(tries) },
	{ "next_run_at", "NEXT RUN (UTC)", OUT_TIME, JOB(next_run_at) },
	{ "error", "LAST ERROR", OUT_TEXT, JOB(error) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

/*
 * Says so if webhooks wait for a person, too: they are not in the list of jobs,
 * and would go unnoticed.
 */
static enum cal_err
point_at_deliveries(struct ctl *c)
{
	struct ops_delivery	*rows;
	enum cal_err		 rc;
	int			 n;

	rc = ops_delivery_list(c->db, c->mem, NULL, true, 1, &rows, &n);
	if (rc == CAL_OK && n > 0)
		ctl_say("webhooks wait for a person, too: \"calendlyctl "
		    "events --parked\"");
	return rc;
}

enum cal_err
ctl_jobs(struct ctl *c)
{
	struct ops_job	*rows;
	enum cal_err	 rc;
	int		 limit, n;
	bool		 more;

	if ((rc = ctl_number(c, "limit", JOBS, LIMIT_MAX, &limit)) != CAL_OK ||
	    (rc = ctl_open(c)) != CAL_OK ||
	    (rc = ops_job_list(c->db, c->mem, NULL, ctl_has(c, "parked"),
	    limit + 1, &rows, &n)) != CAL_OK ||
	    (rc = point_at_deliveries(c)) != CAL_OK)
		return rc;
	if ((more = n > limit))
		n = limit;
	out_begin(c);
	out_list(c, "data", NULL, job_columns, rows, sizeof(*rows), n);
	out_more(c, more, limit);
	return out_end(c);
}

/*
 * Checks the job's id.  A delivery's id gets a hint, because deliveries have
 * commands of their own.
 */
static enum cal_err
read_id(struct ctl *c)
{
	const char	*id = c->arg[0];
	const size_t	 n = strlen(id);

	if (n >= 1 && n <= ID_DIGITS && strspn(id, "0123456789") == n)
		return CAL_OK;
	return ctl_misuse(c, "\"%s\" is no job's id: write it as "
	    "\"calendlyctl jobs\" shows it, such as 17%s", id,
	    crypto_is_uuid(id) ?
	    "; for a delivery: \"calendlyctl events retry\"" : "");
}

static enum cal_err
retry_job(struct ctl *c)
{
	const char	*tenant_id;
	enum cal_err	 rc;

	rc = ops_job_retry(c->db, c->mem, c->arg[0], &tenant_id);
	if (rc == CAL_NOTFOUND)
		return ctl_fail(rc, "there is no job %s: it may have ended "
		    "well by now; \"calendlyctl jobs\" shows those that have "
		    "not", c->arg[0]);
	if (rc != CAL_OK ||
	    (rc = ctl_audit_for(c, tenant_id, "job.retry", c->arg[0])) !=
	    CAL_OK)
		return rc;
	return db_commit(c->db);
}

enum cal_err
ctl_jobs_retry(struct ctl *c)
{
	enum cal_err	 rc;

	if ((rc = read_id(c)) != CAL_OK || (rc = ctl_open(c)) != CAL_OK ||
	    (rc = db_begin(c->db)) != CAL_OK || (rc = retry_job(c)) != CAL_OK)
		return rc;
	ctl_say("asked for: a runner tries it next");
	return out_done(c);
}
