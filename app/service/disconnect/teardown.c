/*
 * teardown: see teardown.h.
 */
#include <string.h>

#include "app/repo/connection.h"
#include "app/repo/grant.h"
#include "app/repo/job.h"
#include "app/repo/subscription.h"
#include "app/repo/tx.h"
#include "app/service/brief.h"
#include "app/service/disconnect/teardown.h"
#include "app/service/disconnect/teardown_end.h"
#include "app/service/service.h"
#include "app/service/subscription/removal.h"
#include "app/service/subscription/work_lease.h"
#include "app/service/token/token.h"
#include "lib/log.h"

enum cal_err
teardown_begin(struct tx *tx, const char *grant_id, int delay_seconds)
{
	enum cal_err	 rc;

	if ((rc = grant_mark_teardown(tx, grant_id)) != CAL_OK ||
	    (rc = endpoints_retire(tx, grant_id)) != CAL_OK)
		return rc;
	return job_enqueue(tx, JOB_TEARDOWN, grant_id, delay_seconds);
}

/*
 * CAL_DENIED: the credential is dead.  CAL_UNAUTHORIZED: it is refused although
 * it can be refreshed: nothing can be removed with it, but it is to be revoked.
 */
static enum cal_err
remove_all(struct service *cal, struct arena *mem, const struct grant *g,
    const struct work *w, struct ending *e)
{
	struct removal	 r = { .g = g, .w = w };
	enum cal_err	 rc;

	/* A grant that never served a connection has subscribed nothing. */
	if (g->connection_id == NULL)
		return CAL_OK;
	rc = token_use(cal, mem, g->id, removal_run, &r);
	e->left = removal_left(mem, &r);
	return rc;
}

/*
 * Dead credentials: erase what is left.  A day has passed: the same, and what
 * could not be removed does not keep the tokens from being revoked.
 */
static enum cal_err
work_off(struct service *cal, struct arena *mem, const struct grant *g,
    const struct work *w)
{
	struct ending	 e = { .user_uri = g->user_uri };

	e.removed = remove_all(cal, mem, g, w, &e);
	if (e.removed == CAL_CONFLICT)
		return CAL_CONFLICT;
	if (e.removed == CAL_DENIED)
		return teardown_finish(cal, mem, g, &e);
	if (e.removed != CAL_OK && e.removed != CAL_UNAUTHORIZED && !g->overdue)
		return e.removed;
	e.revoked = teardown_revoke(cal, mem, g->id, &e);
	if (e.revoked == CAL_CONFLICT ||
	    (e.revoked != CAL_OK && !g->overdue))
		return e.revoked;
	return teardown_finish(cal, mem, g, &e);
}

enum cal_err
teardown_run(struct service *cal, struct arena *mem, const char *tenant_id,
    const char *grant_id)
{
	struct grant	 g;
	struct work	 w;
	enum cal_err	 rc;

	service_act_for(cal, tenant_id, NULL);
	rc = brief_grant(cal, mem, tenant_id, grant_id, &g);
	if (rc != CAL_OK)
		return rc == CAL_NOTFOUND ? CAL_OK : rc;
	if (g.status != GRANT_TEARDOWN)
		return CAL_OK;
	service_act_for(cal, tenant_id, g.connection_id);
	rc = work_lease_begin(cal, mem, grant_id, GRANT_TEARDOWN, &w);
	if (rc != CAL_OK)
		return rc;
	rc = work_off(cal, mem, &g, &w);
	work_lease_end(cal, mem, &w);
	return rc;
}

/* "left" lists what of the user's stays at Calendly. */
static enum cal_err
erase(struct tx *tx, const char *connection_id, const char *const **left)
{
	enum cal_err	 rc;

	/* A user who came back meanwhile is not erased. */
	rc = connection_lock_unwanted(tx, connection_id);
	if (rc == CAL_OK)
		rc = connection_note_left(tx, connection_id, left);
	return rc == CAL_OK ? connection_erase(tx, connection_id) : rc;
}

enum cal_err
erase_run(struct service *cal, struct arena *mem, const char *tenant_id,
    const char *connection_id)
{
	const char	*const *left = NULL;
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = tx_begin(&tx, cal->db, mem, tenant_id)) != CAL_OK)
		return rc;
	rc = tx_end(&tx, erase(&tx, connection_id, &left));
	for (; rc == CAL_OK && *left != NULL; left++)
		log_warn("erase: of a user who is erased now, this is left at "
		    "Calendly: %s", *left);
	return rc == CAL_NOTFOUND ? CAL_OK : rc;
}
