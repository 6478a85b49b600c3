/*
 * teardown_end: see teardown_end.h.
 */
#include "app/calendly/callback.h"
#include "app/calendly/id.h"
#include "app/calendly/user.h"
#include "app/metric/metric.h"
#include "app/repo/connection.h"
#include "app/repo/grant.h"
#include "app/repo/job.h"
#include "app/repo/subscription.h"
#include "app/repo/teardown.h"
#include "app/repo/tx.h"
#include "app/service/disconnect/teardown.h"
#include "app/service/disconnect/teardown_end.h"
#include "app/service/emit.h"
#include "app/service/errand.h"
#include "app/service/keys/seal.h"
#include "app/service/service.h"
#include "app/service/subscription/inventory.h"
#include "app/service/token/owner.h"
#include "app/service/token/revoke.h"
#include "app/settings/settings.h"
#include "lib/arena.h"
#include "lib/log.h"

/*
 * Seconds from the end of the teardown to the erasure: whoever asked for it can
 * still look once.
 */
enum { ERASE_AFTER = 15 };

/*
 * Notes on the grant what keeps its teardown from ending.  The note stays until
 * the teardown ends or another trouble is found.
 */
static void
note_trouble(const struct errand *e, const char *grant_id,
    enum grant_trouble trouble)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) == CAL_OK)
		rc = tx_end(&tx, grant_mark_trouble(&tx, grant_id, trouble));
	if (rc != CAL_OK)
		log_warn("teardown: grant %s: its trouble is not noted, see "
		    "above", grant_id);
}

/*
 * Keeps tokens that must not be revoked now: they stay sealed in the grant, and
 * the reason is noted.  The job tries the teardown again until it is overdue.
 */
static enum cal_err
keep_sealed(const struct errand *e, const char *grant_id,
    enum grant_trouble trouble)
{
	metric_count(METRIC_REVOCATIONS, "kept", NULL);
	log_warn("teardown: grant %s: its tokens serve nobody and must not be "
	    "revoked (%s): they are kept sealed until its day is over",
	    grant_id, grant_trouble_name(trouble));
	note_trouble(e, grant_id, trouble);
	return CAL_UNAVAILABLE;
}

/*
 * Asks Calendly once more which account the tokens belong to.  CAL_NOTFOUND:
 * Calendly does not say.
 */
static enum cal_err
find_owner(const struct errand *e, const char *grant_id,
    const struct secret *access, struct ending *end)
{
	struct calendly_user	 u = { .uri = NULL };

	/* An answer that is otherwise unusable may still name the user. */
	if (access == NULL || (user_me(errand_behalf(e), access,
	    &u) != CAL_OK && id_from_uri(e->mem, u.uri) == NULL))
		return CAL_NOTFOUND;
	end->user_uri = u.uri;
	return owner_note(e, grant_id, &u, false);
}

static enum cal_err
is_unusable(const struct errand *e, const char *grant_id, bool *unusable)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	return tx_end(&tx, grant_is_unusable(&tx, grant_id, unusable));
}

static enum cal_err
revoke_pair(const struct errand *e, const char *grant_id,
    const struct secret *access, const struct secret *refresh)
{
	enum cal_err	 rc;
	bool		 spared, unusable = false;

	rc = revoke_run(e, grant_id, access, refresh, &spared);
	if (rc == CAL_DENIED)
		note_trouble(e, grant_id, TROUBLE_REVOCATION_REFUSED);
	if (rc != CAL_OK || !spared)
		return rc;
	if ((rc = is_unusable(e, grant_id, &unusable)) != CAL_OK)
		return rc;
	return unusable ? keep_sealed(e, grant_id,
	    TROUBLE_ACCOUNT_IN_USE) : CAL_OK;
}

/*
 * Loads the grant again first, because deleting the subscriptions may have
 * refreshed its pair.
 */
enum cal_err
teardown_revoke(const struct errand *e, const char *grant_id,
    struct ending *end)
{
	struct secret	*access, *refresh;
	struct grant	 g;
	enum cal_err	 rc;

	rc = errand_grant(e, grant_id, &g);
	if (rc != CAL_OK)
		return rc;
	end->generation = g.generation;
	end->user_uri = g.user_uri;
	if ((rc = unseal_access(e->cal, e->mem, &g, &access)) != CAL_OK ||
	    (rc = unseal_refresh(e->cal, e->mem, &g, &refresh)) != CAL_OK)
		return rc;
	if (g.account_id == NULL)
		rc = find_owner(e, grant_id, access, end);
	if (rc == CAL_NOTFOUND)
		return keep_sealed(e, grant_id, TROUBLE_ACCOUNT_UNKNOWN);
	return rc != CAL_OK ? rc : revoke_pair(e, grant_id, access, refresh);
}

static enum connection_reason
ending_reason(const struct ending *end)
{
	return end->removed == CAL_DENIED ||
	    (end->removed == CAL_UNAUTHORIZED && end->revoked == CAL_OK) ?
	    REASON_CREDENTIALS_DEAD : revoke_reason(end->revoked);
}

/*
 * Says whether Calendly may hold a pair that we have never seen: a refresh had
 * an unknown outcome, and no later one settled it.
 */
static bool
may_have_unseen_pair(const struct grant *g, const struct ending *end)
{
	return g->started && (end->generation == 0 ||
	    end->generation == g->generation);
}

static enum cal_err
name_unseen_pair(struct tx *tx, const struct grant *g, const struct ending *end)
{
	const char	*const account[] = { end->user_uri, NULL };

	if (!may_have_unseen_pair(g, end))
		return CAL_OK;
	return connection_add_left_behind(tx, g->connection_id,
	    account, REASON_ROTATION_AMBIGUOUS);
}

/*
 * Names in left_behind whatever has not been confirmed to be gone:
 * subscriptions by their URIs, or by the masked callback URL if the URI was
 * never learned; and the authorization by its user's URI.
 */
static enum cal_err
name_what_is_left(struct service *cal, struct tx *tx, const struct grant *g,
    const struct ending *end)
{
	const char	*const account[] = { end->user_uri, NULL };
	const char	*const *uris;
	enum cal_err	 rc = CAL_OK;

	if (end->left != NULL && end->left[0] != NULL)
		rc = connection_add_left_behind(tx, g->connection_id, end->left,
		    ending_reason(end));
	if (rc == CAL_OK && (rc = subscription_uris(tx, g->id,
	    inventory_masked(tx->mem, callback_url(tx->mem,
	    cal->set->backend_url, "x")), &uris)) == CAL_OK)
		rc = connection_add_left_behind(tx, g->connection_id, uris,
		    ending_reason(end));
	if (rc == CAL_OK && end->revoked != CAL_OK)
		rc = connection_add_left_behind(tx, g->connection_id, account,
		    ending_reason(end));
	return rc;
}

static enum cal_err
settle_connection(struct tx *tx, const struct grant *g,
    const struct ending *end)
{
	struct connection_ended	 ended;
	enum cal_err		 rc;

	rc = connection_mark_disconnected(tx, g->connection_id,
	    &ended);
	/*
	 * The connection has another grant by now.  If that one is of the same
	 * account, its reconcile can delete what this one had to leave.
	 */
	if (rc == CAL_NOTFOUND)
		return end->removed == CAL_OK && (end->left == NULL ||
		    end->left[0] == NULL) ? CAL_OK : job_enqueue(tx,
		    JOB_RECONCILE, g->connection_id, 0);
	if (rc == CAL_OK)
		rc = emit_connection(tx, g->connection_id,
		    ended.user_id, "connection.disconnected",
		    CONNECTION_DISCONNECTED, ended.reason);
	if (rc == CAL_OK && ended.erase)
		rc = job_enqueue(tx, JOB_ERASE, g->connection_id,
		    ended.left ? TEARDOWN_SHOWN : ERASE_AFTER);
	return rc;
}

static enum cal_err
erase_secrets(struct service *cal, struct tx *tx, const struct grant *g,
    const struct ending *end)
{
	enum cal_err	 rc;

	rc = grant_erase(tx, g->id, end->generation);
	if (rc != CAL_OK || g->connection_id == NULL)
		return rc;
	if ((rc = name_unseen_pair(tx, g, end)) != CAL_OK ||
	    (rc = name_what_is_left(cal, tx, g, end)) != CAL_OK)
		return rc;
	return settle_connection(tx, g, end);
}

static void
report_ending(const struct grant *g, const struct ending *end)
{
	if (end->revoked != CAL_OK) {
		metric_count(METRIC_REVOCATIONS, "given_up", NULL);
		log_warn("teardown: grant %s: its day is over: the secrets are "
		    "erased, the authorization may live on at Calendly (%s)",
		    g->id, err_name(end->revoked));
	} else
		log_info("teardown: grant %s: done%s", g->id,
		    end->removed == CAL_OK ? "" :
		    ", but its subscriptions could not be removed");
}

enum cal_err
teardown_finish(const struct errand *e, const struct grant *g,
    const struct ending *end)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = tx_end(&tx, erase_secrets(e->cal, &tx, g, end));
	if (rc == CAL_OK)
		report_ending(g, end);
	return rc;
}
