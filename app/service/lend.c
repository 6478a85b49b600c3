/*
 * lend: see lend.h.
 */
#include "app/repo/connection.h"
#include "app/repo/grant.h"
#include "app/service/brief.h"
#include "app/service/calendly.h"
#include "app/service/lend.h"
#include "app/service/token.h"

enum cal_err
lend_run(struct calendly *cal, struct arena *mem, const char *tenant_id,
    const char *user_id, struct loan *out)
{
	struct connection_view	 v;
	struct grant		 g;
	int64_t			 generation;
	enum cal_err		 rc;

	rc = brief_connection(cal, mem, tenant_id, user_id, &v);
	if (rc != CAL_OK)
		return rc;
	if (v.grant_id == NULL)
		return CAL_DENIED;
	calendly_act_for(cal, tenant_id, v.id);
	rc = token_fresh(cal, mem, v.grant_id, 0, &out->access, &generation);
	if (rc != CAL_OK)
		return rc;
	rc = brief_grant(cal, mem, tenant_id, v.grant_id, &g);
	/* Refreshed again in between: what we hold is about to die. */
	if (rc == CAL_OK && g.generation != generation)
		return CAL_UNAVAILABLE;
	out->expires_at = g.access_expires_at;
	return rc;
}
