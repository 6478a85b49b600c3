/*
 * look: see look.h.
 */
#include "app/repo/connection.h"
#include "app/repo/grant.h"
#include "app/repo/tenant.h"
#include "app/service/calendly.h"
#include "app/service/hooks.h"
#include "app/service/look.h"
#include "app/service/token.h"

static enum cal_err
load_in(struct calendly *cal, struct arena *mem, const char *user_id,
    struct connection *c, struct grant *g)
{
	enum cal_err	 rc;

	if ((rc = connection_lock(cal->db, mem, user_id, c)) != CAL_OK)
		return rc;
	if (c->grant_id == NULL)
		return CAL_DENIED;
	return grant_load(cal->db, mem, c->grant_id, g);
}

/* What is asked for, and what came. */
struct look {
	struct grant	 g;
	struct hooks	*h;
};

static enum cal_err
look(struct calendly *cal, struct arena *mem, const struct secret *token,
    void *arg)
{
	struct look	*l = arg;

	return hooks_look(cal, mem, &l->g, token, l->h);
}

enum cal_err
look_run(struct calendly *cal, struct arena *mem, const char *tenant_id,
    const char *user_id, struct hooks *h)
{
	struct connection	 c;
	struct look		 l = { .h = h };
	enum cal_err		 rc;

	if ((rc = tenant_begin(cal->db, mem, tenant_id)) != CAL_OK)
		return rc;
	rc = tenant_end(cal->db, load_in(cal, mem, user_id, &c, &l.g));
	if (rc != CAL_OK)
		return rc;
	calendly_act_for(cal, tenant_id, c.id);
	rc = token_use(cal, mem, l.g.id, look, &l);
	return rc == CAL_UNAUTHORIZED ? CAL_UPSTREAM : rc;
}
