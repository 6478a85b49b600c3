/*
 * teardown: see teardown.h.
 */
#include <string.h>

#include "app/repo/connection.h"
#include "app/repo/grant.h"
#include "app/repo/job.h"
#include "app/repo/subscription.h"
#include "app/repo/tenant.h"
#include "app/service/brief.h"
#include "app/service/calendly.h"
#include "app/service/emit.h"
#include "app/service/hooks.h"
#include "app/service/revoke.h"
#include "app/service/seal.h"
#include "app/service/subscribe.h"
#include "app/service/teardown.h"
#include "app/service/token.h"
#include "app/service/work.h"
#include "lib/log.h"

enum { ERASE_AFTER = 15 };	/* s: who asked may still look once */

enum cal_err
teardown_begin(struct calendly *cal, struct arena *mem, const char *grant_id,
    int delay_seconds)
{
	enum cal_err	 rc;

	if ((rc = grant_mark_teardown(cal->db, mem, grant_id)) != CAL_OK ||
	    (rc = endpoints_retire(cal->db, mem, grant_id)) != CAL_OK)
		return rc;
	return job_enqueue(cal->db, mem, "teardown", grant_id,
	    delay_seconds);
}

enum cal_err
teardown_begin_pending(struct calendly *cal, struct arena *mem,
    const char *grant_id)
{
	enum cal_err	 rc;

	if ((rc = grant_abandon(cal->db, mem, grant_id)) != CAL_OK)
		return rc;
	return job_enqueue(cal->db, mem, "teardown", grant_id, 0);
}

/* What is being torn down. */
struct removal {
	const struct grant	*g;
	const struct work	*w;
};

static enum cal_err
remove_ours(struct calendly *cal, struct arena *mem,
    const struct secret *token, void *arg)
{
	const struct removal	*r = arg;
	struct hooks		 h;
	enum cal_err		 rc;
	size_t			 i;

	if ((rc = hooks_look(cal, mem, r->g, token, &h)) != CAL_OK)
		return rc;
	for (i = 0; i < h.nfound; i++) {
		if (h.found[i].ours == NULL)
			continue;
		rc = subscribe_remove(cal, mem, r->w, token, &h.found[i],
		    NULL);
		if (rc != CAL_OK)
			return rc;
	}
	return subscribe_forget_missing(cal, mem, &h, NULL);
}

/* CAL_DENIED: the credential is dead. */
static enum cal_err
remove_all(struct calendly *cal, struct arena *mem, const struct grant *g,
    const struct work *w)
{
	enum cal_err	 rc;

	/* A grant that never served a connection has subscribed nothing. */
	if (g->connection_id == NULL)
		return CAL_OK;
	rc = token_use(cal, mem, g->id, remove_ours,
	    &(struct removal){ g, w });
	return rc == CAL_UNAUTHORIZED ? CAL_DENIED : rc;
}

/* The pair as it is now: removing may have refreshed it. */
static enum cal_err
revoke(struct calendly *cal, struct arena *mem, const char *grant_id,
    int64_t *generation)
{
	struct secret	*access, *refresh;
	struct grant	 g;
	enum cal_err	 rc;

	rc = brief_grant(cal, mem, cal->tenant_id, grant_id, &g);
	if (rc != CAL_OK)
		return rc;
	*generation = g.generation;
	if ((rc = unseal_access(cal, mem, &g, &access)) != CAL_OK ||
	    (rc = unseal_refresh(cal, mem, &g, &refresh)) != CAL_OK)
		return rc;
	return revoke_run(cal, mem, grant_id, access, refresh);
}

/*
 * The last step: no secret remains, and the connection may settle.  Not if a
 * refresh that was under way has brought another pair than was revoked: then
 * the next try revokes that one.
 */
static enum cal_err
erase_secrets(struct calendly *cal, struct arena *mem, const struct grant *g,
    bool removed, int64_t generation)
{
	const char	*const *uris;
	const char	*user_id, *reason;
	bool		 erase = false;
	enum cal_err	 rc;

	rc = grant_erase(cal->db, mem, g->id, generation);
	if (rc != CAL_OK || g->connection_id == NULL)
		return rc;
	if (!removed && (rc = hook_uris(cal->db, mem, g->id, &uris)) == CAL_OK)
		rc = connection_add_left_behind(cal->db, mem,
		    g->connection_id, uris);
	if (rc != CAL_OK)
		return rc;
	rc = connection_mark_disconnected(cal->db, mem, g->connection_id,
	    &user_id, &reason, &erase);
	/* It has another grant by now; on the same account that one can
	 * remove what this one had to leave. */
	if (rc == CAL_NOTFOUND)
		return removed ? CAL_OK : job_enqueue(cal->db, mem,
		    "reconcile", g->connection_id, 0);
	if (rc == CAL_OK)
		rc = emit_connection(cal, mem, g->connection_id, user_id,
		    "connection.disconnected", "disconnected", reason);
	if (rc == CAL_OK && erase)
		rc = job_enqueue(cal->db, mem, "erase", g->connection_id,
		    ERASE_AFTER);
	return rc;
}

static enum cal_err
finish(struct calendly *cal, struct arena *mem, const struct grant *g,
    bool removed, int64_t generation)
{
	enum cal_err	 rc;

	if ((rc = tenant_begin(cal->db, mem, cal->tenant_id)) != CAL_OK)
		return rc;
	rc = tenant_end(cal->db, erase_secrets(cal, mem, g, removed,
	    generation));
	if (rc == CAL_OK)
		log_info("teardown: grant %s: done%s", g->id, removed ? "" :
		    ", but its subscriptions could not be removed");
	return rc;
}

static enum cal_err
work_off(struct calendly *cal, struct arena *mem, const struct grant *g,
    const struct work *w)
{
	int64_t		 revoked = 0;	/* the generation; 0: any goes */
	enum cal_err	 rc;
	bool		 removed;

	rc = remove_all(cal, mem, g, w);
	removed = rc == CAL_OK;
	if (removed)
		rc = revoke(cal, mem, g->id, &revoked);
	/* Dead credentials, or a day has passed: erase what is left. */
	if (rc == CAL_OK || rc == CAL_DENIED ||
	    (g->overdue && rc != CAL_CONFLICT))
		return finish(cal, mem, g, removed, revoked);
	return rc;
}

enum cal_err
teardown_run(struct calendly *cal, struct arena *mem, const char *tenant_id,
    const char *grant_id)
{
	struct grant	 g;
	struct work	 w;
	enum cal_err	 rc;

	calendly_act_for(cal, tenant_id, NULL);
	rc = brief_grant(cal, mem, tenant_id, grant_id, &g);
	if (rc != CAL_OK)
		return rc == CAL_NOTFOUND ? CAL_OK : rc;
	if (strcmp(g.status, "teardown") != 0)
		return CAL_OK;
	calendly_act_for(cal, tenant_id, g.connection_id);
	if ((rc = work_begin(cal, mem, grant_id, "teardown", &w)) != CAL_OK)
		return rc;
	rc = work_off(cal, mem, &g, &w);
	work_end(cal, mem, &w);
	return rc;
}

enum cal_err
erase_run(struct calendly *cal, struct arena *mem, const char *tenant_id,
    const char *connection_id)
{
	enum cal_err	 rc;

	if ((rc = tenant_begin(cal->db, mem, tenant_id)) != CAL_OK)
		return rc;
	/* A user who came back meanwhile is not erased. */
	rc = connection_lock_unwanted(cal->db, mem, connection_id);
	if (rc == CAL_OK)
		rc = connection_erase(cal->db, mem, connection_id);
	rc = tenant_end(cal->db, rc);
	return rc == CAL_NOTFOUND ? CAL_OK : rc;
}
