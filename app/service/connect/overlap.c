/*
 * overlap: see overlap.h.
 */
#include <stdbool.h>

#include "app/calendly/client.h"
#include "app/calendly/oauth.h"
#include "app/repo/account.h"
#include "app/repo/grant.h"
#include "app/repo/tx.h"
#include "app/service/connect/overlap.h"
#include "app/service/errand.h"
#include "app/service/keys/seal.h"
#include "app/service/token/revoke.h"
#include "app/service/token/token.h"
#include "lib/task.h"

enum {
	LOOK_MS = 200,
	LOOKS = REVOKE_LEASE * 1000 / LOOK_MS,
	/* A visit may last 50 s (POLICY_VISIT_MS), and nginx waits for 60 s. */
	OVERTIME_MS = 10 * 1000,
};

static enum cal_err
overlap_look(const struct errand *e, const char *grant_id, const char *state_id,
    enum overlap *overlap)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	return tx_end(&tx, account_revoke_overlap(&tx, grant_id, state_id,
	    overlap));
}

/*
 * Says whether a refresh that takes its longest time would end while nginx
 * still waits, which is OVERTIME_MS longer than the visit.
 */
static bool
time_to_prove(const struct errand *e)
{
	return errand_time_left(e, CLIENT_TOKEN_MS) >=
	    CLIENT_TOKEN_MS - OVERTIME_MS;
}

static enum cal_err
overlap_prove(const struct errand *e, const char *grant_id,
    struct token_pair *pair)
{
	struct secret	*token;
	struct grant	 g;
	int64_t		 generation;
	enum cal_err	 rc;

	rc = token_fresh(e, grant_id, 1, &token, &generation);
	if (rc == CAL_OK)
		rc = errand_grant(e, grant_id, &g);
	if (rc == CAL_OK)
		rc = unseal_access(e->cal, e->mem, &g, &pair->access);
	if (rc == CAL_OK)
		rc = unseal_refresh(e->cal, e->mem, &g, &pair->refresh);
	if (rc == CAL_OK)
		pair->expires_in = g.access_seconds;
	return rc;
}

enum cal_err
overlap_survived(const struct errand *e, const char *grant_id,
    const char *state_id, struct token_pair *pair)
{
	enum overlap	 overlap = OVERLAP_NONE;
	enum cal_err	 rc;
	int		 i;

	for (i = 0; i < LOOKS; i++) {
		rc = overlap_look(e, grant_id, state_id, &overlap);
		if (rc != CAL_OK || overlap == OVERLAP_NONE)
			return rc;
		if (!time_to_prove(e))
			break;
		if (overlap == OVERLAP_PAST)
			return overlap_prove(e, grant_id, pair);
		task_sleep(LOOK_MS);
	}
	return CAL_UNAVAILABLE;
}
