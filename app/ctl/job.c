/*
 * job: background work, and what went wrong.
 */
#include <stdlib.h>
#include <string.h>

#include "app/ctl/ctl.h"
#include "app/ctl/out.h"
#include "app/repo/ops.h"
#include "app/repo/tenant.h"
#include "lib/arena.h"
#include "lib/db.h"

enum {
	JOBS = 200,
	ERRORS = 20,
	LIMIT_MAX = 10000,
	ID_DIGITS = 18,		/* fits a bigint */
};

#define DELIVERY	"delivery:"
#define JOB(field)	offsetof(struct ops_job, field)

static const struct out_column	job_columns[] = {
	{ "id", "ID", OUT_TEXT, JOB(id) },
	{ "tenant", "TENANT", OUT_TEXT, JOB(tenant) },
	{ "kind", "KIND", OUT_TEXT, JOB(kind) },
	{ "subject", "SUBJECT", OUT_TEXT, JOB(subject) },
	{ "state", "STATE", OUT_TEXT, JOB(state) },
	{ "tries", "TRIES", OUT_NUMBER, JOB(tries) },
	{ "next_run_at", "NEXT RUN (UTC)", OUT_TIME, JOB(next_run_at) },
	{ "error", "LAST ERROR", OUT_TEXT, JOB(error) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

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
	    limit + 1, &rows, &n)) != CAL_OK)
		return rc;
	if ((more = n > limit))
		n = limit;
	out_begin(c);
	out_list(c, "data", NULL, job_columns, rows, sizeof(*rows), n);
	out_more(c, more, limit);
	return out_end(c);
}

/* A job's number, behind "delivery:" a delivery's. */
static enum cal_err
read_id(struct ctl *c, bool *delivery, const char **id)
{
	const char	*text = c->arg[0];
	size_t		 n;

	*delivery = strncmp(text, DELIVERY, strlen(DELIVERY)) == 0;
	*id = text + (*delivery ? strlen(DELIVERY) : 0);
	n = strlen(*id);
	if (n >= 1 && n <= ID_DIGITS && strspn(*id, "0123456789") == n)
		return CAL_OK;
	return ctl_misuse(c, "\"%s\" is no job's id: write it as "
	    "\"calendlyctl jobs\" shows it, such as 17 or delivery:17", text);
}

static enum cal_err
retry(struct ctl *c, bool delivery, const char *id)
{
	const char	*tenant_id;
	enum cal_err	 rc;

	rc = delivery ? ops_delivery_retry(c->db, c->mem, id, &tenant_id) :
	    ops_job_retry(c->db, c->mem, id, &tenant_id);
	if (rc == CAL_NOTFOUND)
		return ctl_fail(rc, "there is no job %s: it may have ended "
		    "well by now; \"calendlyctl jobs\" shows those that have "
		    "not", c->arg[0]);
	if (rc != CAL_OK ||
	    (rc = tenant_set(c->db, c->mem, tenant_id)) != CAL_OK ||
	    (rc = ctl_audit(c, "job.retry", c->arg[0])) != CAL_OK)
		return rc;
	return db_commit(c->db);
}

enum cal_err
ctl_jobs_retry(struct ctl *c)
{
	const char	*id;
	enum cal_err	 rc;
	bool		 delivery;

	if ((rc = read_id(c, &delivery, &id)) != CAL_OK ||
	    (rc = ctl_open(c)) != CAL_OK || (rc = db_begin(c->db)) != CAL_OK ||
	    (rc = retry(c, delivery, id)) != CAL_OK)
		return rc;
	ctl_say("asked for: a runner tries it next");
	return out_done(c);
}
