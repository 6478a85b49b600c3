/*
 * exchange: see exchange.h.
 */
#include <poll.h>

#include "app/calendly/oauth.h"
#include "app/service/calendly.h"
#include "app/service/exchange.h"
#include "app/service/flow.h"
#include "app/service/seal.h"
#include "app/service/story.h"
#include "lib/clock.h"
#include "lib/keyring.h"
#include "lib/log.h"
#include "lib/secret.h"

enum {
	/* A code that Calendly never saw, for our network's or its own
	 * sake, is sent again for so long; it is good for ten minutes. */
	PATIENCE_MS = 8 * 1000,
	PAUSE_MS = 250,			/* at first; doubling */
	PAUSE_MOST_MS = 2 * 1000,
};

static enum cal_err
open_verifier(struct calendly *cal, struct arena *mem,
    const struct oauth_state *st, struct secret **verifier)
{
	const struct seal_place	 place = seal_at(SEALED_VERIFIER, st->id, 0);

	if (st->verifier_sealed.p != NULL && keyring_unseal(cal->keys, mem,
	    &place, st->verifier_sealed, verifier) == CAL_OK)
		return CAL_OK;
	log_warn("connect: the code verifier does not open: was the keyring "
	    "changed while the user was at Calendly?");
	return CAL_INTERNAL;
}

/* Until it is sent, or patience is at its end. */
static enum token_outcome
send_patiently(struct calendly *cal, struct arena *mem, const struct flow *f,
    const char *code, const struct secret *verifier, struct token_pair *pair)
{
	const int64_t		 until = clock_ms() + PATIENCE_MS;
	const struct secret	*sent = secret_from_text(mem, code);
	enum token_outcome	 outcome;
	int			 pause = PAUSE_MS;

	while ((outcome = oauth_exchange(cal->api, mem, sent, verifier,
	    pair)) == TOKEN_LATER && clock_ms() + pause < until) {
		story_note(cal, mem, &f->session, STORY_EXCHANGE_RETRIED,
		    NULL);
		(void)poll(NULL, 0, pause);
		pause = pause * 2 < PAUSE_MOST_MS ? pause * 2 : PAUSE_MOST_MS;
	}
	return outcome;
}

enum cal_err
exchange_run(struct calendly *cal, struct arena *mem, const struct flow *f,
    const char *code, struct token_pair *pair)
{
	struct secret		*verifier;
	enum token_outcome	 outcome;
	enum cal_err		 rc;

	if ((rc = open_verifier(cal, mem, &f->state, &verifier)) != CAL_OK) {
		story_note(cal, mem, &f->session, STORY_EXCHANGE_FAILED,
		    "the code verifier does not open");
		return rc;
	}
	outcome = send_patiently(cal, mem, f, code, verifier, pair);
	story_note(cal, mem, &f->session, outcome == TOKEN_GRANTED ?
	    STORY_EXCHANGED : STORY_EXCHANGE_FAILED, NULL);
	if (outcome == TOKEN_GRANTED)
		return CAL_OK;
	return outcome == TOKEN_LATER ? CAL_UNAVAILABLE : CAL_UPSTREAM;
}
