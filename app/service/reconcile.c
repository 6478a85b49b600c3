/*
 * reconcile: see reconcile.h.
 */
#include <string.h>

#include "app/calendly/id.h"
#include "app/repo/connection.h"
#include "app/repo/grant.h"
#include "app/repo/subscription.h"
#include "app/repo/tenant.h"
#include "app/scope.h"
#include "app/service/calendly.h"
#include "app/service/choose.h"
#include "app/service/failing.h"
#include "app/service/hooks.h"
#include "app/service/reconcile.h"
#include "app/service/subscribe.h"
#include "app/service/token.h"
#include "app/service/work.h"
#include "lib/arena.h"
#include "lib/log.h"

/*
 * If a crash came between Calendly's answer and our commit, or somebody made
 * it anew by hand, commit it now.  What was in the way once no longer is.
 */
static enum cal_err
adopt(struct calendly *cal, struct arena *mem, const struct grant *g,
    const struct found *f)
{
	enum cal_err	 rc;

	if ((rc = tenant_begin(cal->db, mem, cal->tenant_id)) != CAL_OK)
		return rc;
	if (strcmp(f->ours->state, "active") != 0 || !id_same(mem,
	    f->ours->uri, f->sub.uri))
		rc = hook_activate(cal->db, mem, g->id,
		    f->ours->subscription_id, f->sub.uri, g->organization_uri,
		    f->sub.events);
	if (rc == CAL_OK)
		rc = connection_set_capability(cal->db, mem,
		    g->connection_id, g->id, "ok");
	return tenant_end(cal->db, rc);
}

/* All of ours but the chosen one go, at Calendly and then here. */
static enum cal_err
clear_others(struct calendly *cal, struct arena *mem, const struct work *w,
    const struct secret *token, const struct hooks *h,
    const struct found *keep)
{
	enum cal_err	 rc;
	size_t		 i;

	for (i = 0; i < h->nfound; i++) {
		if (h->found[i].ours == NULL || &h->found[i] == keep)
			continue;
		rc = subscribe_remove(cal, mem, w, token, &h->found[i],
		    keep);
		if (rc != CAL_OK)
			return rc;
	}
	return subscribe_forget_missing(cal, mem, h, keep);
}

/*
 * Calendly does not even show us what there is: the connection stands without
 * a webhook, and says what is in the way.
 */
static enum cal_err
stand_without(struct calendly *cal, struct arena *mem, const struct grant *g)
{
	const char	*why;
	enum cal_err	 rc;

	why = scope_covers(g->scopes, "webhooks:read") ? "role" : "scope";
	if ((rc = tenant_begin(cal->db, mem, cal->tenant_id)) != CAL_OK)
		return rc;
	return tenant_end(cal->db, connection_set_capability(cal->db, mem,
	    g->connection_id, g->id, why));
}

/* What is being reconciled. */
struct drive {
	struct grant	 g;
	struct work	 w;
	const char	*user_id;
};

static enum cal_err
drive(struct calendly *cal, struct arena *mem, const struct secret *token,
    void *arg)
{
	const struct drive	*d = arg;
	const struct found	*keep;
	struct found		 made;
	struct hooks		 h;
	enum cal_err		 rc;

	rc = hooks_look(cal, mem, &d->g, token, &h);
	if (rc == CAL_DENIED)
		return stand_without(cal, mem, &d->g);
	if (rc != CAL_OK || (rc = failing_note(cal, mem, &d->g, d->user_id,
	    &h)) != CAL_OK)
		return rc;
	if ((keep = choose(cal, mem, &h)) != NULL)
		rc = adopt(cal, mem, &d->g, keep);
	else {
		rc = subscribe_make(cal, mem, &d->g, &d->w, token, &made);
		/* Refused by plan, role or scope: the connection stands
		 * without a webhook. */
		if (rc == CAL_GONE)
			return CAL_OK;
	}
	if (rc != CAL_OK || (rc = failing_settle(cal, mem, &d->g)) != CAL_OK)
		return rc;
	return clear_others(cal, mem, &d->w, token, &h, keep);
}

static enum cal_err
load(struct calendly *cal, struct arena *mem, const char *connection_id,
    struct drive *d)
{
	struct connection	 c = { .grant_id = NULL };
	enum cal_err		 rc;

	if ((rc = tenant_begin(cal->db, mem, cal->tenant_id)) != CAL_OK)
		return rc;
	rc = connection_load(cal->db, mem, connection_id, &c);
	if (rc == CAL_OK && c.grant_id == NULL)
		rc = CAL_NOTFOUND;
	if (rc == CAL_OK)
		rc = grant_load(cal->db, mem, c.grant_id, &d->g);
	d->user_id = c.user_id;
	return tenant_end(cal->db, rc);
}

enum cal_err
reconcile_run(struct calendly *cal, struct arena *mem, const char *tenant_id,
    const char *connection_id)
{
	struct drive	 d;
	enum cal_err	 rc;

	calendly_act_for(cal, tenant_id, connection_id);
	if ((rc = load(cal, mem, connection_id, &d)) != CAL_OK)
		return rc == CAL_NOTFOUND ? CAL_OK : rc;
	if (strcmp(d.g.status, "needs_reauth") == 0)
		return CAL_DENIED;
	if ((rc = work_begin(cal, mem, d.g.id, "live", &d.w)) != CAL_OK)
		return rc;
	rc = token_use(cal, mem, d.g.id, drive, &d);
	work_end(cal, mem, &d.w);
	return rc == CAL_UNAUTHORIZED ? CAL_UPSTREAM : rc;
}
