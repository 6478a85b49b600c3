/*
 * story: see story.h.
 */
#include <stddef.h>
#include <string.h>

#include "app/repo/session.h"
#include "app/repo/story.h"
#include "app/repo/tx.h"
#include "app/service/connect/story.h"
#include "app/service/errand.h"
#include "lib/log.h"

/* Advice that several steps share. */
#define SEE_CALL	"the call to Calendly in this story says why"
#define MINT_ANOTHER	"the host app mints a new link on the user's click"
#define OTHER_BROWSER	"the user opens the app in the phone's or computer's " \
	"own browser, allows cookies there, and clicks Connect once more"

static const struct step {
	const char	*name;
	const char	*words;
	const char	*advice;	/* for an operator; NULL if
					 * there is nothing to do */
	enum {
		FINE,			/* the session went on */
		USERS,			/* it stopped because of
					 * something on the user's side */
		OURS,			/* it stopped because
					 * of us or of Calendly */
	} fault;
} steps[STORY__MAX] = {
	[STORY_MINTED] = { "minted",
	    "the host app asked for the link", NULL, FINE },
	[STORY_OPENED] = { "opened",
	    "a browser opened the link", NULL, FINE },
	[STORY_OPENED_DONE] = { "opened_done",
	    "the link was opened again; it had succeeded before", NULL,
	    FINE },
	[STORY_EXPIRED] = { "expired",
	    "it came too late: the link had expired", MINT_ANOTHER, USERS },
	[STORY_REFRESHED] = { "refreshed",
	    "the authorization from before still works: no consent needed",
	    NULL, FINE },
	[STORY_REFRESH_REFUSED] = { "refresh_refused",
	    "Calendly no longer accepts the authorization from before: "
	    "consent is asked for", NULL, FINE },
	[STORY_REFRESH_FAILED] = { "refresh_failed",
	    "Calendly did not say whether the authorization from before "
	    "still works", SEE_CALL "; the user may try again", OURS },
	[STORY_HELD] = { "held",
	    "calls to Calendly are held: this may be a copy of another "
	    "deployment", "see /readyz, then calendlyctl adopt", OURS },
	[STORY_CONSENT_ASKED] = { "consent_asked",
	    "the browser was sent to Calendly's consent page", NULL, FINE },
	[STORY_CALLBACK] = { "callback",
	    "the browser came back from Calendly", NULL, FINE },
	[STORY_CALLBACK_AGAIN] = { "callback_again",
	    "the browser came back from Calendly once more", NULL, FINE },
	[STORY_WAITING] = { "waiting",
	    "the browser was asked to wait for the first answer", NULL,
	    FINE },
	[STORY_BOUNCED] = { "bounced",
	    "the browser came without its cookie and was sent once around "
	    "for it", NULL, FINE },
	[STORY_ANOTHER_BROWSER] = { "another_browser",
	    "another browser than the one that opened the link came back, "
	    "or one that keeps no cookies", OTHER_BROWSER, USERS },
	[STORY_DENIED] = { "denied",
	    "the user said no on Calendly's consent page",
	    "nothing, if that was meant; the link can be used again", USERS },
	[STORY_CONSENT_ERROR] = { "consent_error",
	    "Calendly's consent page answered with an error",
	    "check the OAuth app at Calendly: redirect URI, scopes", OURS },
	[STORY_OTHER_ISSUER] = { "other_issuer",
	    "the answer was not Calendly's own: it was not used",
	    "check CALENDLY_AUTH_URL; if it is right, somebody sent the "
	    "browser here", OURS },
	[STORY_EXCHANGED] = { "exchanged",
	    "the code was exchanged for tokens", NULL, FINE },
	[STORY_EXCHANGE_RETRIED] = { "exchange_retried",
	    "Calendly could not be reached with the code: tried again", NULL,
	    FINE },
	[STORY_EXCHANGE_FAILED] = { "exchange_failed",
	    "the code could not be exchanged for tokens",
	    SEE_CALL "; the user may try again", OURS },
	[STORY_USER_FAILED] = { "user_failed",
	    "whose Calendly account it is could not be found out",
	    SEE_CALL "; the user may try again", OURS },
	[STORY_NOT_STORED] = { "not_stored",
	    "tokens came but could not be stored",
	    "the log of this request says what the database said; the user "
	    "may try again", OURS },
	[STORY_WRONG_ACCOUNT] = { "wrong_account",
	    "the user consented with another Calendly account than the host "
	    "app expects",
	    "the user signs in to Calendly with the expected account, or the "
	    "host app mints with another expected_email", USERS },
	[STORY_CONNECTED] = { "connected",
	    "the user is connected", NULL, FINE },
	[STORY_WEBHOOK] = { "webhook",
	    "the webhook is in place", NULL, FINE },
	[STORY_NO_WEBHOOK] = { "no_webhook",
	    "Calendly gives this user no webhook",
	    "the detail says what is missing at Calendly: a paid plan, a "
	    "role, or a scope; \"rejected\": see calendlyctl errors", USERS },
	[STORY_WEBHOOK_LATER] = { "webhook_later",
	    "the webhook was not in place yet: the runners go on with it",
	    "calendlyctl connection show tells whether it is by now", FINE },
	[STORY_FAILED] = { "failed",
	    "it failed", "the log of this request says why", OURS },
	[STORY_SENT_TO_PAGE] = { "sent_to_page",
	    "the browser was shown a page", NULL, FINE },
	[STORY_SENT_BACK] = { "sent_back",
	    "the browser was sent back to the app", NULL, FINE },
	[STORY_WENT_BACK] = { "went_back",
	    "the user pressed \"Back to the app\"", NULL, FINE },
};

static const struct step *
find_step(const char *name)
{
	size_t	 i;

	for (i = 0; i < STORY__MAX; i++)
		if (strcmp(steps[i].name, name) == 0)
			return &steps[i];
	return NULL;
}

const char *
story_name(enum story_step step)
{
	return steps[step].name;
}

const char *
story_words(const char *name)
{
	const struct step	*s = find_step(name);

	return s == NULL ? name : s->words;
}

const char *
story_advice(const char *name)
{
	const struct step	*s = find_step(name);

	return s == NULL ? NULL : s->advice;
}

bool
story_is_failure(const char *name)
{
	const struct step	*s = find_step(name);

	return s != NULL && s->fault != FINE;
}

enum cal_err
story_add(struct tx *tx, const char *session_id, enum story_step step,
    const char *detail)
{
	const struct step	*what = &steps[step];

	if (what->fault == OURS)
		log_warn("connect: session %s: %s: %s", session_id,
		    what->name, detail == NULL ? what->words : detail);
	else
		log_info("connect: session %s: %s%s%s", session_id,
		    what->name, detail == NULL ? "" : ": ",
		    detail == NULL ? "" : detail);
	return session_step_add(tx, session_id, log_request_id(), what->name,
	    detail);
}

void
story_note(const struct errand *e, enum story_step step, const char *detail)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) == CAL_OK)
		rc = tx_end(&tx, story_add(&tx, e->session_id, step, detail));
	if (rc != CAL_OK)
		log_warn("connect: session %s: %s: not kept in its story: %s",
		    e->session_id, steps[step].name, err_name(rc));
}
