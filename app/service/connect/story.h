/*
 * story: records, step by step, what happens to a connect session.  It is for
 * support: the page on which a user got stuck shows the session's id as a
 * reference, and "calendlyctl session show" prints that session's story.
 *
 * Each step is also a log line that names the session, so "detail" must hold
 * nothing secret and nothing personal: no token, code, state or cookie, no
 * e-mail address, and of a URL only origin and path.  "detail" says what the
 * step itself leaves open, as suggested in each step's comment below, and may
 * be NULL.
 */
#ifndef APP_SERVICE_CONNECT_STORY_H
#define APP_SERVICE_CONNECT_STORY_H

#include <stdbool.h>

#include "lib/err.h"

struct tx;
struct errand;
struct connect_session;

enum story_step {
	/* Steps before the browser goes to Calendly. */
	STORY_MINTED,		/* the host app asked for the link */
	STORY_OPENED,		/* a browser opened it */
	STORY_OPENED_DONE,	/* opened again after a success */
	STORY_EXPIRED,		/* opened, or back from Calendly, too late */
	STORY_REFRESHED,	/* the existing grant still
				 * works, so no consent is needed */
	STORY_REFRESH_REFUSED,	/* Calendly refuses to refresh the
				 * existing grant, so consent is needed */
	STORY_REFRESH_FAILED,	/* Calendly did not say whether
				 * the grant works; detail: why */
	STORY_HELD,		/* the clone guard is shut;
				 * detail: its reason */
	STORY_CONSENT_ASKED,	/* sent to Calendly's consent page; detail:
				 * why, as "first time", "force", "scopes" */
	/* Steps when the browser is back from Calendly. */
	STORY_CALLBACK,		/* detail: "with a code", "with an
				 * error" or "with neither ..." */
	STORY_CALLBACK_AGAIN,	/* the same callback again;
				 * detail: the result it was given */
	STORY_WAITING,		/* asked to wait until an
				 * earlier request ends */
	STORY_BOUNCED,		/* came without its cookie and
				 * was sent round once for it */
	STORY_ANOTHER_BROWSER,	/* came without its cookie, or with
				 * another; detail: which of these */
	STORY_DENIED,		/* the user denied consent */
	STORY_CONSENT_ERROR,	/* the consent page reports an
				 * error; detail: the error's code */
	STORY_OTHER_ISSUER,	/* the answer's issuer is not
				 * Calendly, so its code is not used */
	/* Steps with the code. */
	STORY_EXCHANGED,	/* the code was exchanged for
				 * tokens, which are stored */
	STORY_EXCHANGE_RETRIED,	/* Calendly had not received the
				 * code, so it was sent again */
	STORY_EXCHANGE_FAILED,	/* the exchange failed; detail: why, if
				 * it failed before the code was sent */
	STORY_USER_FAILED,	/* Calendly did not say whose
				 * tokens they are; detail: why */
	STORY_NOT_STORED,	/* our database did not store the tokens
				 * or the connection; detail: why */
	STORY_WRONG_ACCOUNT,	/* not the account that the host app expects */
	/* Steps at the end. */
	STORY_CONNECTED,	/* detail: "connected",
				 * "reconnected" or "switched" */
	STORY_WEBHOOK,		/* the webhook is in place */
	STORY_NO_WEBHOOK,	/* Calendly allows no webhook;
				 * detail: "plan", "role", ... */
	STORY_WEBHOOK_LATER,	/* the reconcile did not finish, so the
				 * runners go on with it; detail: why */
	STORY_FAILED,		/* failed for any other reason; detail: why */
	STORY_SENT_TO_PAGE,	/* the browser was sent to one of our
				 * pages; detail: the page's name */
	STORY_SENT_BACK,	/* the browser was sent back to the app */
	STORY_WENT_BACK,	/* the user pressed "Back to the app" */
	STORY__MAX
};

/*
 * The step's name in the database and in the operators' API, such as
 * "exchange_failed".
 */
const char	*story_name(enum story_step);
/*
 * A sentence for a person that says what happened.  For a name that this
 * version does not know, the name itself.
 */
const char	*story_words(const char *name);
/* What an operator should do about the step; NULL: nothing. */
const char	*story_advice(const char *name);
/* Says whether the session did not go on after this step. */
bool		 story_is_failure(const char *name);

/*
 * Adds a step in a transaction of the session's tenant.  If the transaction
 * also takes connection_lock(), it must do so first, because an erasure locks
 * the connection before its sessions.  The number of rows for each step is
 * limited, see app/repo/story.h, so that nobody can fill the database by
 * reloading a page.
 */
enum cal_err	story_add(struct tx *, const char *session_id,
		    enum story_step, const char *detail) ERR_CHECK;
/*
 * Notes a step of the errand's session, in a transaction of its own.  A failure
 * is only logged, because no user should fail for want of a note.
 */
void		 story_note(const struct errand *, enum story_step,
		    const char *detail);

#endif
