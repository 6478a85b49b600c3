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
#include "app/service/hooks.h"
#include "app/service/reconcile.h"
#include "app/service/subscribe.h"
#include "app/service/token.h"
#include "app/service/work.h"
#include "app/settings.h"
#include "lib/arena.h"
#include "lib/log.h"

static bool
has_word(const char *const *list, const char *word)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, word) == 0)
			return true;
	return false;
}

static bool
same_words(const char *const *a, const char *const *b)
{
	const char *const	*w;

	for (w = a; *w != NULL; w++)
		if (!has_word(b, *w))
			return false;
	for (w = b; *w != NULL; w++)
		if (!has_word(a, *w))
			return false;
	return true;
}

/* Not yet proven by a delivery counts as healthy, too. */
static bool
is_healthy(const struct calendly *cal, struct arena *mem,
    const struct found *f)
{
	const char	*last;

	if (f->ours == NULL || f->ours->subscription_id == NULL ||
	    strcmp(f->ours->endpoint_state, "live") != 0 ||
	    strcmp(f->sub.state, "active") != 0)
		return false;
	last = strrchr(f->sub.callback_url, '/') + 1;
	return strcmp(f->sub.callback_url, subscribe_url(cal, mem, last)) ==
	    0 && same_words(f->sub.events, cal->set->webhook_events);
}

/* The one that counts already, else the first that could. */
static const struct found *
choose(const struct calendly *cal, struct arena *mem, const struct hooks *h)
{
	const struct found	*best = NULL;
	size_t			 i;

	for (i = 0; i < h->nfound; i++) {
		if (!is_healthy(cal, mem, &h->found[i]))
			continue;
		if (strcmp(h->found[i].ours->state, "active") == 0)
			return &h->found[i];
		if (best == NULL)
			best = &h->found[i];
	}
	return best;
}

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
	const struct grant	*g;
	const struct work	*w;
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

	rc = hooks_look(cal, mem, d->g, token, &h);
	if (rc == CAL_DENIED)
		return stand_without(cal, mem, d->g);
	if (rc != CAL_OK)
		return rc;
	if ((keep = choose(cal, mem, &h)) != NULL)
		rc = adopt(cal, mem, d->g, keep);
	else {
		rc = subscribe_make(cal, mem, d->g, d->w, token, &made);
		/* Refused by plan, role or scope: the connection stands
		 * without a webhook. */
		if (rc == CAL_GONE)
			return CAL_OK;
	}
	if (rc != CAL_OK)
		return rc;
	return clear_others(cal, mem, d->w, token, &h, keep);
}

static enum cal_err
load(struct calendly *cal, struct arena *mem, const char *connection_id,
    struct grant *g)
{
	struct connection	 c = { .grant_id = NULL };
	enum cal_err		 rc;

	if ((rc = tenant_begin(cal->db, mem, cal->tenant_id)) != CAL_OK)
		return rc;
	rc = connection_load(cal->db, mem, connection_id, &c);
	if (rc == CAL_OK && c.grant_id == NULL)
		rc = CAL_NOTFOUND;
	if (rc == CAL_OK)
		rc = grant_load(cal->db, mem, c.grant_id, g);
	return tenant_end(cal->db, rc);
}

enum cal_err
reconcile_run(struct calendly *cal, struct arena *mem, const char *tenant_id,
    const char *connection_id)
{
	struct grant	 g;
	struct work	 w;
	enum cal_err	 rc;

	calendly_act_for(cal, tenant_id, connection_id);
	if ((rc = load(cal, mem, connection_id, &g)) != CAL_OK)
		return rc == CAL_NOTFOUND ? CAL_OK : rc;
	if (strcmp(g.status, "needs_reauth") == 0)
		return CAL_DENIED;
	if ((rc = work_begin(cal, mem, g.id, "live", &w)) != CAL_OK)
		return rc;
	rc = token_use(cal, mem, g.id, drive, &(struct drive){ &g, &w });
	work_end(cal, mem, &w);
	return rc == CAL_UNAUTHORIZED ? CAL_UPSTREAM : rc;
}
