/*
 * connect: a browser opens the link, goes to Calendly's consent page if it
 * must, and comes back.
 */
#ifndef APP_SERVICE_CONNECT_CONNECT_H
#define APP_SERVICE_CONNECT_CONNECT_H

#include <stdbool.h>

#include "app/domain/status.h"
#include "lib/err.h"

struct arena;
struct service;
struct connect_session;
struct secret;

enum connect_end {
	CONNECT_CONSENT,	/* go to Calendly: "authorize_url" */
	CONNECT_WAIT,		/* another request connects this session now:
				 * ask again in a second */
	CONNECT_DONE,
	CONNECT_DENIED,
	CONNECT_EXPIRED,	/* its time is over, or it is not known */
	CONNECT_OTHER_BROWSER,	/* or the right one, without its cookie */
	CONNECT_WRONG_ACCOUNT,
	CONNECT_FAILED,
};

struct connect_outcome {
	enum connect_end	 end;
	const char		*authorize_url;	/* CONNECT_CONSENT */
	const struct secret	*browser;	/* CONNECT_CONSENT: its cookie */
	const char		*session_id;	/* NULL: unknown */
	const char		*tenant_id;	/* the session's */
	enum session_result	 result;
	const char		*back_url;	/* where the app wants the
						 * browser; NULL: nowhere */
	bool			 retry;		/* the link can be used again */
	/* Of CONNECT_DONE, why Calendly sends no webhooks: plan, role, scope
	 * or rejected; else none. */
	enum capability		 hindrance;
};

/* What came back from Calendly; NULL where it did not. */
struct connect_return {
	const char	*state;
	const char	*code;
	const char	*error;
	const char	*issuer;
	const char	*browser;	/* the cookie */
	bool		 bounced;	/* this is its second visit, for that */
};

/*
 * GET /connect/{session}.  "browser": the cookie it has, or NULL.  Only what
 * our own database can't do is an error; all else is an outcome.
 */
enum cal_err	connect_open(struct service *, struct arena *,
		    const char *secret, const char *browser,
		    struct connect_outcome *) ERR_CHECK;
/*
 * GET /oauth/calendly/callback.  The same state from the same browser ends
 * as it ended before, however often it comes.
 */
enum cal_err	connect_return(struct service *, struct arena *,
		    const struct connect_return *, struct connect_outcome *)
		    ERR_CHECK;
/*
 * Where "back to the app" leads: by the link's secret, else by the id of its
 * session, which may say where the app is but no more (NULL: not known).
 */
enum cal_err	connect_back(struct service *, struct arena *,
		    const char *secret, const char *session_id,
		    struct connect_outcome *) ERR_CHECK;

/* Note in the session's story where its browser was sent: a page of ours, by
 * its name, or the app. */
void		connect_sent(struct service *, struct arena *,
		    const struct connect_outcome *, const char *page);

/* Of a session that ended at the wrong account: e-mail addresses, masked. */
struct connect_accounts {
	const char	*expected;
	const char	*chosen;
};

/*
 * Only for the browser that began the flow and has the link's secret; else,
 * or if the session has not ended so, CAL_NOTFOUND.
 */
enum cal_err	connect_accounts(struct service *, struct arena *,
		    const char *secret, const char *browser,
		    struct connect_accounts *) ERR_CHECK;

#endif
