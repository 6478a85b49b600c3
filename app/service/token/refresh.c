/*
 * refresh: see refresh.h.
 *
 * The lease is committed before the call, and no transaction is open during the
 * call.  The new pair is committed if the generation is still the same, not if
 * the lease is still held: a success that comes after the lease has run out is
 * still a success.
 */
#include <string.h>

#include "app/calendly/oauth.h"
#include "app/metric/metric.h"
#include "app/repo/account.h"
#include "app/repo/connection.h"
#include "app/repo/grant.h"
#include "app/repo/tx.h"
#include "app/service/emit.h"
#include "app/service/errand.h"
#include "app/service/keys/seal.h"
#include "app/service/service.h"
#include "app/service/token/refresh.h"
#include "app/service/token/refusal.h"
#include "app/service/token/revoke.h"
#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/crypto.h"
#include "lib/log.h"
#include "lib/task.h"

enum {
	GRACE = 15,			/* seconds after a lease ran
					 * out until it can be taken */
	STALLED_MS = 5 * 1000,		/* taking the lease took too
					 * long to make the call still */
	LATER_MS = 2 * 1000,		/* pause after a failure
					 * that changed nothing */
	OPERATOR_MS = 60 * 1000,	/* pause after our client
					 * credentials were refused */
	PROBE_MS = 30 * 1000,		/* pause after an ambiguous
					 * answer, doubling */
	PROBE_DOUBLINGS = 7,		/* at most, so that the pause
					 * grows to about an hour */
	KEEP_MS = 15 * 1000,		/* how long storing a
					 * received pair is retried */
	KEEP_PAUSE_MS = 250,
};

static const char *const	outcome_names[] = {
	[TOKEN_GRANTED] = "granted",
	[TOKEN_INVALID_GRANT] = "invalid_grant",
	[TOKEN_LATER] = "later",
	[TOKEN_AMBIGUOUS] = "ambiguous",
	[TOKEN_REFUSED] = "refused",
	[TOKEN_CLIENT_REFUSED] = "client_refused",
};

/*
 * Handles a pair that came after the grant's generation had moved.  If the
 * grant has been erased meanwhile, nobody will use the pair, so it is revoked.
 * Else the grant holds a newer pair, and this one is dropped.
 */
static void
let_go_of_pair(const struct errand *e, const struct grant *g,
    const struct token_pair *pair)
{
	struct grant	 now;
	enum cal_err	 rc;
	bool		 spared;

	rc = errand_grant(e, g->id, &now);
	if (rc == CAL_OK && now.status != GRANT_ERASED)
		return;
	if (rc == CAL_OK)
		rc = revoke_run(e, g->id, pair->access, pair->refresh, &spared);
	if (rc != CAL_OK)
		revoke_give_up(e, g, rc);
}

static enum cal_err
commit_pair(const struct errand *e, const struct grant *g,
    const struct token_pair *pair)
{
	struct sealed_pair	 sealed;
	const char		*user_id;
	struct tx		 tx;
	enum cal_err		 rc;

	seal_pair(e->cal, e->mem, g->id, g->generation + 1, pair, &sealed);
	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = lease_commit(&tx, g->id, g->generation, &sealed);
	if (rc == CAL_OK && g->connection_id != NULL) {
		rc = connection_mark_mended(&tx, g->connection_id, g->id,
		    &user_id);
		if (rc == CAL_OK)
			rc = emit_connection(&tx, g->connection_id, user_id,
			    "connection.recovered", CONNECTION_CONNECTED,
			    REASON_NONE);
		else if (rc == CAL_NOTFOUND)
			rc = CAL_OK;	/* the connection did not
					 * need a new consent */
	}
	return tx_end(&tx, rc);
}

/*
 * Stores the new pair, trying again for KEEP_MS while the database is
 * unavailable, because it may only be restarting and this is the only copy of
 * the pair.
 */
static enum cal_err
keep_pair(const struct errand *e, const struct grant *g,
    const struct token_pair *pair)
{
	int64_t		 until = clock_ms() + KEEP_MS;
	enum cal_err	 rc;

	while ((rc = commit_pair(e, g, pair)) == CAL_UNAVAILABLE &&
	    clock_ms() < until)
		task_sleep(KEEP_PAUSE_MS);
	if (rc == CAL_CONFLICT)
		let_go_of_pair(e, g, pair);
	else if (rc != CAL_OK)
		log_warn("refresh: grant %s: the new pair could not be "
		    "stored; the user may have to reconnect", g->id);
	return rc;
}

/*
 * Handles invalid_grant: Calendly no longer accepts the refresh token.  The
 * reason is "rotation_ambiguous" if the token had been sent more than once.
 */
static enum cal_err
mark_dead(const struct errand *e, const struct grant *g)
{
	enum connection_reason	 reason;
	bool		 probed = false;
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = lease_refused(&tx, g->id, g->generation, &probed);
	reason = probed ? REASON_ROTATION_AMBIGUOUS : REASON_INVALID_GRANT;
	if (rc == CAL_OK)
		rc = refusal_tell(&tx, g, reason);
	if ((rc = tx_end(&tx, rc)) != CAL_OK)
		return rc;
	log_info("refresh: grant %s: %s: a new consent is needed", g->id,
	    connection_reason_name(reason));
	return CAL_DENIED;
}

static enum cal_err
defer_refresh(const struct errand *e, const struct grant *g, const char *owner,
    int64_t pause_ms, bool definite)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = lease_defer(&tx, g, owner, pause_ms, definite);
	rc = tx_end(&tx, rc);
	return rc != CAL_OK ? rc : definite ? CAL_UNAVAILABLE : CAL_UPSTREAM;
}

/*
 * Gives the lease back with the outcome unknown.  A reply that could not be
 * read is kept sealed, because it may hold the new tokens and a person may be
 * able to read it.
 */
static enum cal_err
leave_open(const struct errand *e, const struct grant *g, const char *owner,
    struct bytes unread, int64_t pause_ms)
{
	struct tx	 tx;
	enum cal_err	 rc = CAL_OK;

	if (unread.n > 0) {
		if ((rc = errand_begin(e, &tx)) != CAL_OK)
			return rc;
		rc = tx_end(&tx, lease_keep_reply(&tx, g->id, g->generation,
		    seal_unread(e->cal, e->mem, g->id, unread)));
	}
	return rc != CAL_OK ? rc : defer_refresh(e, g, owner, pause_ms, false);
}

static int64_t
probe_pause(const struct grant *g)
{
	int	 doublings = g->probes < PROBE_DOUBLINGS ? g->probes :
	    PROBE_DOUBLINGS;

	return (int64_t)PROBE_MS << doublings;
}

/*
 * Says whether the account's budget allows another token now: Calendly makes at
 * most 8 tokens for a user in a minute.
 */
static enum cal_err
within_budget(struct tx *tx, const struct grant *g)
{
	int64_t		 wait_ms = 0;
	enum cal_err	 rc;

	rc = account_mint(tx, g->id, &wait_ms);
	if (rc != CAL_OK || wait_ms == 0)
		return rc;
	log_info("refresh: grant %s: the account's budget of new tokens is "
	    "used up for %lld ms", g->id, (long long)wait_ms);
	return CAL_UNAVAILABLE;
}

static enum cal_err
take_lease(const struct errand *e, const struct grant *g, const char *owner)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = lease_take(&tx, g, owner, REFRESH_LEASE, GRACE);
	if (rc == CAL_OK)
		rc = within_budget(&tx, g);
	return tx_end(&tx, rc);
}

enum cal_err
refresh_run(const struct errand *e, const struct grant *g)
{
	const char		*owner = crypto_uuid(e->mem);
	const int64_t		 begun = clock_ms();
	struct secret		*refresh;
	struct token_pair	 pair;
	enum token_outcome	 outcome;
	enum cal_err		 rc;

	/*
	 * A refresh that would be held back must not use up the account's
	 * budget of new tokens.
	 */
	if (service_must_wait(e->cal) || errand_time_left(e, 1) == 0)
		return CAL_UNAVAILABLE;
	if ((rc = unseal_refresh(e->cal, e->mem, g, &refresh)) != CAL_OK ||
	    (rc = take_lease(e, g, owner)) != CAL_OK)
		return rc;
	/*
	 * If the database was so slow that the call could outlast the lease,
	 * the call is not made.
	 */
	if (clock_ms() - begun > STALLED_MS)
		return defer_refresh(e, g, owner, LATER_MS, true);
	outcome = oauth_refresh(errand_behalf(e), refresh, &pair);
	metric_count(METRIC_REFRESHES, outcome_names[outcome], NULL);
	switch (outcome) {
	case TOKEN_GRANTED:
		return keep_pair(e, g, &pair);
	case TOKEN_INVALID_GRANT:
		return mark_dead(e, g);
	case TOKEN_LATER:
		return defer_refresh(e, g, owner, LATER_MS, true);
	case TOKEN_REFUSED:
		return refusal_note(e, g, owner);
	case TOKEN_CLIENT_REFUSED:
		return defer_refresh(e, g, owner, OPERATOR_MS, true);
	case TOKEN_AMBIGUOUS:
		break;
	}
	return leave_open(e, g, owner, pair.unread, probe_pause(g));
}
