/*
 * story: what happens to a connect session, kept for whoever is asked about
 * it: a user quotes the reference on a page, which is the session's id, and
 * "calendlyctl session show" tells the story.
 *
 * Each step is also a line in the log that names the session, so "detail" is
 * nothing secret and nothing personal: no token, code, state or cookie, no
 * e-mail address, of a URL its origin and path alone.  It says what the step
 * itself leaves open, as each step's comment suggests, and may be NULL.
 */
#ifndef APP_SERVICE_CONNECT_STORY_H
#define APP_SERVICE_CONNECT_STORY_H

#include <stdbool.h>

#include "lib/err.h"

struct tx;
struct errand;
struct connect_session;

enum story_step {
	/* Before Calendly. */
	STORY_MINTED,		/* the host app asked for the link */
	STORY_OPENED,		/* a browser opened it */
	STORY_OPENED_DONE,	/* opened again after a success */
	STORY_EXPIRED,		/* opened, or back from Calendly, too late */
	STORY_REFRESHED,	/* the grant there is still works: no consent
				 * needed; "refreshed just now", "by itself" */
	STORY_REFRESH_REFUSED,	/* it does not: a consent is needed */
	STORY_REFRESH_FAILED,	/* Calendly did not say; why */
	STORY_HELD,		/* the clone guard is shut; its reason */
	STORY_CONSENT_ASKED,	/* sent to Calendly's consent page; why:
				 * "first time", "force", "scopes", ... */
	/* Back from Calendly. */
	STORY_CALLBACK,		/* "code", "error", "neither" */
	STORY_CALLBACK_AGAIN,	/* the same once more; what it was given */
	STORY_WAITING,		/* asked to wait for the first to end */
	STORY_BOUNCED,		/* came without its cookie: tries once more */
	STORY_ANOTHER_BROWSER,	/* came without its cookie, or with another */
	STORY_DENIED,		/* the user said no */
	STORY_CONSENT_ERROR,	/* the consent page says so; the error's code */
	STORY_OTHER_ISSUER,	/* not Calendly's own answer: no code taken */
	/* With the code. */
	STORY_EXCHANGED,	/* the code for tokens */
	STORY_EXCHANGE_RETRIED,	/* nothing had been sent; why */
	STORY_EXCHANGE_FAILED,	/* why */
	STORY_USER_FAILED,	/* whose tokens they are is not known; why */
	STORY_NOT_STORED,	/* the tokens, by our own database; why */
	STORY_WRONG_ACCOUNT,	/* not the one that the host app expects */
	/* How it ended. */
	STORY_CONNECTED,	/* "connected", "reconnected", "switched" */
	STORY_WEBHOOK,		/* it is there */
	STORY_NO_WEBHOOK,	/* it can't be: "plan", "role", … */
	STORY_WEBHOOK_LATER,	/* the runners go on with it; why */
	STORY_FAILED,		/* anything else; why */
	STORY_SENT_TO_PAGE,	/* the browser; the page's name */
	STORY_SENT_BACK,	/* the browser, to the app; where */
	STORY_WENT_BACK,	/* "Back to the app" was pressed; where */
	STORY__MAX
};

/* The name in the database and the API of operators: "exchange_failed". */
const char	*story_name(enum story_step);
/* For a person: what happened; of a step of another version, its name. */
const char	*story_words(const char *name);
/* What an operator is to do about it; NULL: nothing. */
const char	*story_advice(const char *name);
/* Is it a step at which it did not go on? */
bool		 story_is_failure(const char *name);

/*
 * In a transaction of the session's tenant; after connection_lock() if that is
 * taken in it, for an erasure takes the connection before its sessions.
 * Repetition is bounded, see app/repo/story.h, so that nobody fills the
 * database by pressing F5.
 */
enum cal_err	story_add(struct tx *, const char *session_id,
		    enum story_step, const char *detail) ERR_CHECK;
/*
 * For the errand's session, in a transaction of its own.  A failure is only
 * logged, for no user should fail because a note could not be made.
 */
void		 story_note(const struct errand *, enum story_step,
		    const char *detail);

#endif
