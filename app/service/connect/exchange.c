/*
 * exchange: see exchange.h.
 */
#include "app/calendly/oauth.h"
#include "app/service/connect/exchange.h"
#include "app/service/connect/flow.h"
#include "app/service/connect/patience.h"
#include "app/service/connect/story.h"
#include "app/service/errand.h"
#include "app/service/keys/seal.h"
#include "app/service/service.h"
#include "lib/keyring.h"
#include "lib/log.h"
#include "lib/secret.h"

static enum cal_err
open_verifier(const struct errand *e, const struct oauth_state *st,
    struct secret **verifier)
{
	const struct seal_place	 place = seal_at(SEALED_VERIFIER, st->id, 0);

	if (st->verifier_sealed.p != NULL && keyring_unseal(e->cal->keys,
	    e->mem, &place, st->verifier_sealed, verifier) == CAL_OK)
		return CAL_OK;
	log_warn("connect: the code verifier does not open: was the keyring "
	    "changed while the user was at Calendly?");
	return CAL_UNAVAILABLE;
}

/*
 * Sends the code, and sends it again while Calendly has certainly not taken it.
 * A code is valid for ten minutes, longer than a visit lasts.
 */
static enum token_outcome
send_patiently(const struct errand *e, const char *code,
    const struct secret *verifier, struct token_pair *pair)
{
	const struct secret	*sent = secret_from_text(e->mem, code);
	struct patience		 p = patience_begin(e);
	enum token_outcome	 outcome;

	while ((outcome = oauth_exchange(errand_behalf(e), sent, verifier,
	    pair)) == TOKEN_LATER && patience_wait(&p))
		story_note(e, STORY_EXCHANGE_RETRIED, NULL);
	return outcome;
}

enum cal_err
exchange_run(const struct errand *e, const struct flow *f, const char *code,
    struct token_pair *pair)
{
	struct secret		*verifier;
	enum token_outcome	 outcome;
	enum cal_err		 rc;

	*pair = (struct token_pair){ .access = NULL };
	if ((rc = open_verifier(e, &f->state, &verifier)) != CAL_OK) {
		story_note(e, STORY_EXCHANGE_FAILED,
		    "the code verifier does not open");
		return rc;
	}
	outcome = send_patiently(e, code, verifier, pair);
	if (outcome == TOKEN_GRANTED)
		return CAL_OK;		/* pending.c notes the success in the
					 * story, once the pair is stored */
	story_note(e, STORY_EXCHANGE_FAILED, NULL);
	return outcome == TOKEN_LATER ? CAL_UNAVAILABLE : CAL_UPSTREAM;
}
