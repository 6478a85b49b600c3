/*
 * consent: see consent.h.
 */
#include <string.h>

#include "app/calendly/oauth.h"
#include "app/repo/flow.h"
#include "app/repo/session.h"
#include "app/repo/tx.h"
#include "app/service/connect/consent.h"
#include "app/service/connect/finish.h"
#include "app/service/connect/story.h"
#include "app/service/errand.h"
#include "app/service/keys/clone_guard.h"
#include "app/service/keys/seal.h"
#include "app/service/service.h"
#include "lib/crypto.h"
#include "lib/keyring.h"
#include "lib/log.h"
#include "lib/secret.h"

static enum cal_err
add_state(const struct errand *e, const struct connect_session *s,
    const struct state_new *row, const char *why)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = oauth_state_add(&tx, row);
	if (rc == CAL_OK)
		rc = story_add(&tx, s->id, STORY_CONSENT_ASKED, why);
	return tx_end(&tx, rc);
}

static enum cal_err
end_held(const struct errand *e, const struct connect_session *s,
    const char *why, struct connect_outcome *out)
{
	log_warn("connect: %s", why);
	story_note(e, STORY_HELD, why);
	return finish_failed(e, CONNECT_FAILED, s, RESULT_ERROR, NULL, out);
}

enum cal_err
consent_begin(const struct errand *e, const struct connect_session *s,
    const char *browser, const char *why, struct connect_outcome *out)
{
	const struct secret	*state = crypto_token(e->mem);
	const struct secret	*verifier = crypto_token(e->mem);
	const struct secret	*who = browser != NULL &&
	    strlen(browser) == CRYPTO_TOKENSZ ? secret_from_text(e->mem,
	    browser) : crypto_token(e->mem);
	struct state_new	 row = {
		.id = crypto_uuid(e->mem),
		.session_id = s->id,
		.hash = crypto_hash_text(e->mem, secret_text(state)),
		.browser_hash = crypto_hash_text(e->mem, secret_text(who)),
	};
	const struct seal_place	 place = seal_at(SEALED_VERIFIER, row.id, 0);
	const char		*held;
	enum cal_err		 rc;

	if ((held = clone_guard_shut(e->cal, e->mem)) != NULL)
		return end_held(e, s, held, out);
	row.verifier_sealed = keyring_seal(e->cal->keys, e->mem, &place,
	    verifier);
	if ((rc = add_state(e, s, &row, why)) != CAL_OK)
		return rc;
	finish(e->cal, CONNECT_CONSENT, s, RESULT_NONE, out);
	out->browser = who;
	out->authorize_url = oauth_authorize_url(e->cal->api, e->mem, state,
	    verifier);
	return CAL_OK;
}
