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

enum cal_err
look_run(struct calendly *cal, struct arena *mem, const char *tenant_id,
    const char *user_id, struct hooks *h)
{
	struct connection	 c;
	struct grant		 g;
	struct secret		*token;
	int64_t			 generation = 0;
	enum cal_err		 rc;
	int			 i;

	if ((rc = tenant_begin(cal->db, mem, tenant_id)) != CAL_OK)
		return rc;
	rc = tenant_end(cal->db, load_in(cal, mem, user_id, &c, &g));
	if (rc != CAL_OK)
		return rc;
	calendly_act_for(cal, tenant_id, c.id);
	/* A token that Calendly refuses is refreshed once. */
	for (i = 0; i < 2; i++) {
		rc = token_fresh(cal, mem, g.id, generation, &token,
		    &generation);
		if (rc != CAL_OK)
			return rc;
		rc = hooks_look(cal, mem, &g, token, h);
		if (rc != CAL_UNAUTHORIZED)
			return rc;
	}
	return CAL_UPSTREAM;
}
