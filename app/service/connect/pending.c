/*
 * pending: see pending.h.
 */
#include <string.h>

#include "app/calendly/id.h"
#include "app/calendly/oauth.h"
#include "app/calendly/user.h"
#include "app/metric/metric.h"
#include "app/repo/grant.h"
#include "app/repo/job.h"
#include "app/repo/teardown.h"
#include "app/repo/tx.h"
#include "app/service/connect/flow.h"
#include "app/service/connect/overlap.h"
#include "app/service/connect/patience.h"
#include "app/service/connect/pending.h"
#include "app/service/connect/story.h"
#include "app/service/errand.h"
#include "app/service/keys/seal.h"
#include "app/service/service.h"
#include "app/service/token/owner.h"
#include "lib/clock.h"
#include "lib/crypto.h"
#include "lib/log.h"
#include "lib/task.h"

enum {
	KEEP_MS = 5 * 1000,		/* how long storing a
					 * received pair is retried */
	KEEP_PAUSE_MS = 250,
};

static const char	NOTE_KNOWN[] = "The connect failed after this call. "
			    "Its tokens are kept sealed until they are "
			    "revoked, or for a day while another grant of "
			    "the account stands.";
static const char	NOTE_UNKNOWN[] = "The connect failed after this "
			    "call, and Calendly does not say whose its "
			    "tokens are. They are kept sealed for a day, then "
			    "erased here without being revoked.";

static const char	NOTE_UNREAD[] = "The connect failed at this call: its "
			    "answer could not be read. As it may hold tokens, "
			    "it is kept sealed for a day, then erased.";

static enum cal_err
pending_store(const struct errand *e, const struct token_pair *pair,
    const struct calendly_user *u, const char *grant_id)
{
	struct sealed_pair	 sealed;
	const char		*account_id;
	struct tx		 tx;
	enum cal_err		 rc;

	seal_pair(e->cal, e->mem, grant_id, 1, pair, &sealed);
	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = owner_account(&tx, u->uri, true, &account_id);
	if (rc == CAL_OK)
		rc = grant_add(&tx, grant_id, account_id, u->uri,
		    u->organization, &sealed);
	return tx_end(&tx, rc);
}

/*
 * Stores the pair, trying again for KEEP_MS while the database is unavailable,
 * because it may only be restarting.
 */
static enum cal_err
pending_keep(const struct errand *e, const struct token_pair *pair,
    const struct calendly_user *u, const char *grant_id)
{
	const int64_t	 until = clock_ms() + KEEP_MS;
	struct grant	 g;
	enum cal_err	 rc;

	while ((rc = pending_store(e, pair, u, grant_id)) == CAL_UNAVAILABLE &&
	    clock_ms() < until) {
		task_sleep(KEEP_PAUSE_MS);
		/*
		 * The commit may have succeeded although its answer was lost.
		 */
		if (errand_grant(e, grant_id, &g) == CAL_OK)
			return CAL_OK;
	}
	if (rc != CAL_OK) {
		metric_count(METRIC_REVOCATIONS, "lost", NULL);
		log_warn("connect: tokens came but could not be stored, so "
		    "that nobody can revoke them: the user has to try again");
	}
	return rc;
}

/*
 * Asks Calendly who the user is and notes the owner.  This answer counts for
 * more than the owner named with the tokens.  Even an answer that is otherwise
 * unusable may name the owner, so that is noted too.
 */
static enum cal_err
pending_ask_owner(const struct errand *e, const char *grant_id,
    const struct token_pair *pair, struct calendly_user *u)
{
	struct patience	 p = patience_begin(e);
	enum cal_err	 rc, owned = CAL_OK;

	while ((rc = user_me(errand_behalf(e), pair->access, u)) ==
	    CAL_UNAVAILABLE && patience_wait(&p))
		continue;
	if (id_from_uri(e->mem, u->uri) != NULL &&
	    !id_same(e->mem, u->uri, pair->owner))
		owned = owner_note(e, grant_id, u, true);
	return rc != CAL_OK ? rc : owned;
}

enum cal_err
pending_receive(const struct errand *e, const struct flow *f,
    const char *grant_id, struct token_pair *pair, struct calendly_user *u)
{
	const bool	 named = id_from_uri(e->mem, pair->owner) != NULL;
	enum cal_err	 rc;

	*u = (struct calendly_user){
		.uri = named ? pair->owner : NULL,
		.organization = id_from_uri(e->mem,
		    pair->organization) == NULL ? NULL : pair->organization,
	};
	if ((rc = pending_keep(e, pair, u, grant_id)) != CAL_OK) {
		story_note(e, STORY_NOT_STORED, err_name(rc));
		return rc;
	}
	story_note(e, STORY_EXCHANGED, NULL);
	if (named)
		rc = overlap_survived(e, grant_id, f->state.id, pair);
	if (rc == CAL_OK)
		rc = pending_ask_owner(e, grant_id, pair, u);
	if (rc == CAL_OK && !(named && id_same(e->mem, u->uri, pair->owner)))
		rc = overlap_survived(e, grant_id, f->state.id, pair);
	if (rc != CAL_OK)
		story_note(e, STORY_USER_FAILED, err_name(rc));
	return rc;
}

static enum cal_err
pending_abandon(struct tx *tx, const char *grant_id, bool unusable)
{
	struct grant	 g;
	enum cal_err	 rc;

	if ((rc = grant_abandon(tx, grant_id, unusable)) != CAL_OK ||
	    (rc = grant_load(tx, grant_id, &g)) != CAL_OK)
		return rc;
	if (unusable && (rc = api_call_note(tx, log_request_id(),
	    "code_exchange", g.account_id == NULL ? NOTE_UNKNOWN :
	    NOTE_KNOWN)) != CAL_OK)
		return rc;
	return job_enqueue(tx, JOB_TEARDOWN, grant_id, 0);
}

enum cal_err
pending_let_go(const struct errand *e, const char *grant_id, bool unusable)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = tx_end(&tx, pending_abandon(&tx, grant_id, unusable));
	return rc == CAL_CONFLICT ? CAL_OK : rc;
}

static enum cal_err
keep_answer(struct service *cal, struct tx *tx, struct bytes answer)
{
	static const char *const	 no_scopes[] = { NULL };
	const struct sealed_pair	 none = {
		.expires_in = 1,
		.scopes = no_scopes,
	};
	const char			*id = crypto_uuid(tx->mem);
	enum cal_err			 rc;

	if ((rc = grant_add(tx, id, NULL, NULL, NULL, &none)) != CAL_OK ||
	    (rc = lease_keep_reply(tx, id, 1, seal_unread(cal, tx->mem, id,
	    answer))) != CAL_OK || (rc = grant_abandon(tx, id, true)) !=
	    CAL_OK || (rc = api_call_note(tx, log_request_id(), "code_exchange",
	    NOTE_UNREAD)) != CAL_OK)
		return rc;
	return job_enqueue(tx, JOB_TEARDOWN, id, 0);
}

/*
 * An answer without the word "token" is not from the token endpoint (a proxy's
 * error page, for example), so it holds no tokens and is not kept.
 */
void
pending_keep_unread(const struct errand *e, struct bytes answer)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if (answer.n == 0 || strcasestr(answer.p, "token") == NULL)
		return;
	if ((rc = errand_begin(e, &tx)) == CAL_OK)
		rc = tx_end(&tx, keep_answer(e->cal, &tx, answer));
	if (rc != CAL_OK)
		log_warn("connect: an answer that may hold tokens could not "
		    "be read, nor be stored: the user has to try again");
}
