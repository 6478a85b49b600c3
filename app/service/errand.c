/*
 * errand: see errand.h.
 */
#include "app/calendly/client.h"
#include "app/repo/grant.h"
#include "app/repo/job.h"
#include "app/repo/tx.h"
#include "app/service/errand.h"
#include "app/service/service.h"
#include "lib/clock.h"

enum { AGAIN_AFTER = 1 };	/* seconds until the job runs */

struct errand
errand_for(struct service *cal, struct arena *mem, const char *tenant_id)
{
	return (struct errand){
		.cal = cal, .mem = mem, .tenant_id = tenant_id
	};
}

struct errand
errand_for_session(struct service *cal, struct arena *mem,
    const char *tenant_id, const char *session_id)
{
	struct errand	 e = errand_for(cal, mem, tenant_id);

	e.session_id = session_id;
	return e;
}

struct errand
errand_about(const struct errand *e, const char *connection_id)
{
	struct errand	 same = *e;

	same.connection_id = connection_id;
	return same;
}

struct errand
errand_with_grant(const struct errand *e, const char *grant_id)
{
	struct errand	 same = *e;

	same.grant_id = grant_id;
	return same;
}

struct errand
errand_in_background(const struct errand *e)
{
	struct errand	 same = *e;

	same.background = true;
	return same;
}

struct errand
errand_within(const struct errand *e, long ms)
{
	struct errand	 same = *e;
	const int64_t	 until = clock_ms() + ms;

	if (e->until == 0 || until < e->until)
		same.until = until;
	return same;
}

long
errand_time_left(const struct errand *e, long most)
{
	return client_time_left(e->cal->api, e->until, most);
}

struct behalf
errand_behalf(const struct errand *e)
{
	return (struct behalf){
		.api = e->cal->api,
		.mem = e->mem,
		.tenant_id = e->tenant_id,
		.connection_id = e->connection_id,
		.grant_id = e->grant_id,
		.session_id = e->session_id,
		.background = e->background,
		.until = e->until,
	};
}

enum cal_err
errand_begin(const struct errand *e, struct tx *tx)
{
	return tx_begin(tx, e->cal->db, e->mem, e->tenant_id);
}

enum cal_err
errand_grant(const struct errand *e, const char *grant_id, struct grant *g)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	return tx_leave(&tx, grant_load(&tx, grant_id, g));
}

enum cal_err
errand_settle_job(const struct errand *e, enum job_kind kind,
    const char *subject, enum cal_err tried)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	return tx_end(&tx, tried == CAL_OK ? job_drop(&tx, kind, subject) :
	    job_enqueue(&tx, kind, subject, AGAIN_AFTER));
}
