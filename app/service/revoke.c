/*
 * revoke: see revoke.h.
 */
#include <poll.h>

#include "app/calendly/client.h"
#include "app/calendly/oauth.h"
#include "app/repo/account.h"
#include "app/repo/grant.h"
#include "app/repo/tenant.h"
#include "app/service/brief.h"
#include "app/service/calendly.h"
#include "app/service/revoke.h"
#include "app/service/seal.h"
#include "app/service/token.h"
#include "lib/log.h"

enum {
	LEASE = 2 * CLIENT_TOTAL_MS / 1000 + 10,	/* s: two calls */
	LOOK_MS = 200,
	LOOKS = LEASE * 1000 / LOOK_MS,
};

static enum cal_err
begin(struct calendly *cal, struct arena *mem, const char *grant_id,
    bool *shared)
{
	enum cal_err	 rc;

	if ((rc = tenant_begin(cal->db, mem, cal->tenant_id)) != CAL_OK)
		return rc;
	return tenant_end(cal->db, account_revoke_begin(cal->db, mem,
	    grant_id, LEASE, shared));
}

static enum cal_err
end(struct calendly *cal, struct arena *mem, const char *grant_id)
{
	enum cal_err	 rc;

	if ((rc = tenant_begin(cal->db, mem, cal->tenant_id)) != CAL_OK)
		return rc;
	return tenant_end(cal->db, account_revoke_end(cal->db, mem,
	    grant_id));
}

enum cal_err
revoke_run(struct calendly *cal, struct arena *mem, const char *grant_id,
    const struct secret *access, const struct secret *refresh)
{
	bool		 shared;
	enum cal_err	 rc;

	if ((rc = begin(cal, mem, grant_id, &shared)) != CAL_OK || shared)
		return rc;
	if (refresh != NULL)
		rc = oauth_revoke(cal->api, mem, refresh);
	if (rc == CAL_OK && access != NULL)
		rc = oauth_revoke(cal->api, mem, access);
	if (end(cal, mem, grant_id) != CAL_OK)
		log_warn("revoke: grant %s: its end is not noted; it counts "
		    "as under way for a while", grant_id);
	return rc;
}

static enum cal_err
look(struct calendly *cal, struct arena *mem, const char *grant_id,
    const char *state_id, enum overlap *overlap)
{
	enum cal_err	 rc;

	if ((rc = tenant_begin(cal->db, mem, cal->tenant_id)) != CAL_OK)
		return rc;
	return tenant_end(cal->db, account_revoke_overlap(cal->db, mem,
	    grant_id, state_id, overlap));
}

static enum cal_err
prove(struct calendly *cal, struct arena *mem, const char *grant_id,
    struct token_pair *pair)
{
	struct secret	*token;
	struct grant	 g;
	int64_t		 generation;
	enum cal_err	 rc;

	rc = token_fresh(cal, mem, grant_id, 1, &token, &generation);
	if (rc == CAL_OK)
		rc = brief_grant(cal, mem, cal->tenant_id, grant_id, &g);
	if (rc == CAL_OK)
		rc = unseal_access(cal, mem, &g, &pair->access);
	if (rc == CAL_OK)
		rc = unseal_refresh(cal, mem, &g, &pair->refresh);
	if (rc == CAL_OK)
		pair->expires_in = g.access_seconds;
	return rc;
}

enum cal_err
revoke_survived(struct calendly *cal, struct arena *mem, const char *grant_id,
    const char *state_id, struct token_pair *pair)
{
	enum overlap	 overlap = OVERLAP_NONE;
	enum cal_err	 rc;
	int		 i;

	for (i = 0; i < LOOKS; i++) {
		rc = look(cal, mem, grant_id, state_id, &overlap);
		if (rc != CAL_OK || overlap == OVERLAP_NONE)
			return rc;
		if (overlap == OVERLAP_PAST)
			return prove(cal, mem, grant_id, pair);
		(void)poll(NULL, 0, LOOK_MS);
	}
	return CAL_UNAVAILABLE;
}
