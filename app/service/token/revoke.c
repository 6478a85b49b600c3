/*
 * revoke: see revoke.h.
 */
#include "app/calendly/client.h"
#include "app/calendly/oauth.h"
#include "app/metric/metric.h"
#include "app/repo/account.h"
#include "app/repo/connection.h"
#include "app/repo/grant.h"
#include "app/repo/tx.h"
#include "app/service/errand.h"
#include "app/service/token/revoke.h"
#include "lib/clock.h"
#include "lib/log.h"

enum {
	BUDGET_MS = CLIENT_REVOKE_MS,	/* ms after which no
					 * further call is begun */
};

static enum cal_err
revoke_begin(const struct errand *e, const char *grant_id, bool *shared)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	return tx_end(&tx, account_revoke_begin(&tx, grant_id, REVOKE_LEASE,
	    shared));
}

static enum cal_err
revoke_end(const struct errand *e, const char *grant_id)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	return tx_end(&tx, account_revoke_end(&tx, grant_id));
}

/*
 * Revokes one token.  Calendly may refuse to revoke a token that is dead
 * already, so a refusal is followed by asking whether the token is active.
 * CAL_DENIED: it refuses, and does not say that the token is inactive.
 */
static enum cal_err
end_token(const struct errand *e, const struct secret *token, int64_t until)
{
	bool		 active = true;
	enum cal_err	 rc;

	if (token == NULL)
		return CAL_OK;
	if (clock_ms() >= until)
		return CAL_UNAVAILABLE;
	if ((rc = oauth_revoke(errand_behalf(e), token)) != CAL_DENIED)
		return rc;
	if (clock_ms() >= until)
		return CAL_DENIED;
	rc = oauth_introspect(errand_behalf(e), token, &active);
	return rc == CAL_OK && !active ? CAL_OK : CAL_DENIED;
}

static enum cal_err
end_pair(const struct errand *e, const char *grant_id,
    const struct secret *access, const struct secret *refresh)
{
	const int64_t	 until = clock_ms() + BUDGET_MS;
	enum cal_err	 rc;

	if ((rc = end_token(e, refresh, until)) == CAL_OK)
		rc = end_token(e, access, until);
	if (rc == CAL_DENIED)
		log_warn("revoke: grant %s: Calendly refuses to revoke its "
		    "tokens and does not say that they are dead: check "
		    "CALENDLY_OAUTH_CLIENT_ID and CALENDLY_OAUTH_CLIENT_SECRET",
		    grant_id);
	return rc;
}

static const char *
revoke_outcome(enum cal_err rc)
{
	return rc == CAL_OK ? "revoked" : rc == CAL_DENIED ? "refused" :
	    "failed";
}

enum cal_err
revoke_run(const struct errand *e, const char *grant_id,
    const struct secret *access, const struct secret *refresh, bool *spared)
{
	enum cal_err	 rc;

	*spared = false;
	if ((rc = revoke_begin(e, grant_id, spared)) != CAL_OK)
		return rc;
	if (*spared) {
		metric_count(METRIC_REVOCATIONS, "spared", NULL);
		return CAL_OK;
	}
	rc = end_pair(e, grant_id, access, refresh);
	metric_count(METRIC_REVOCATIONS, revoke_outcome(rc), NULL);
	if (revoke_end(e, grant_id) != CAL_OK)
		log_warn("revoke: grant %s: its end is not noted; it counts "
		    "as under way for a while", grant_id);
	return rc;
}

enum connection_reason
revoke_reason(enum cal_err why)
{
	return why == CAL_DENIED ? REASON_REVOCATION_REFUSED :
	    REASON_UNFINISHED;
}

void
revoke_give_up(const struct errand *e, const struct grant *g, enum cal_err why)
{
	const char	*const uris[] = { g->user_uri, NULL };
	struct tx	 tx;
	enum cal_err	 rc;

	metric_count(METRIC_REVOCATIONS, "given_up", NULL);
	log_warn("revoke: grant %s: a pair that came after its teardown could "
	    "not be revoked: %s", g->id,
	    connection_reason_name(revoke_reason(why)));
	if (g->connection_id == NULL)
		return;
	rc = errand_begin(e, &tx);
	if (rc == CAL_OK)
		rc = tx_end(&tx, connection_add_left_behind(&tx,
		    g->connection_id, uris, revoke_reason(why)));
	if (rc != CAL_OK)
		log_warn("revoke: grant %s: left_behind does not name its "
		    "account, see above", g->id);
}
