/*
 * connect: a browser opens a connect link, goes to Calendly's consent page if
 * consent is needed, and comes back.
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
	CONNECT_CONSENT,	/* the browser must go to "authorize_url" */
	CONNECT_WAIT,		/* another request is connecting this
				 * session: ask again in a second */
	CONNECT_DONE,
	CONNECT_DENIED,
	CONNECT_EXPIRED,	/* the session is expired or unknown */
	CONNECT_OTHER_BROWSER,	/* another browser, or the
				 * right one without its cookie */
	CONNECT_WRONG_ACCOUNT,
	CONNECT_FAILED,
};

struct connect_outcome {
	enum connect_end	 end;
	const char		*authorize_url;	/* set for CONNECT_CONSENT */
	const struct secret	*browser;	/* the cookie that binds
						 * the browser to the flow;
						 * set for CONNECT_CONSENT */
	const char		*session_id;	/* NULL if the
						 * session is unknown */
	const char		*tenant_id;	/* the session's tenant */
	enum session_result	 result;
	const char		*back_url;	/* URL at which the app
						 * wants the browser back;
						 * NULL: none is configured */
	bool			 retry;		/* the link can be used again */
	/*
	 * With CONNECT_DONE, why Calendly sends no webhooks: plan, role, scope
	 * or rejected; otherwise CAPABILITY_NONE.
	 */
	enum capability		 hindrance;
};

/*
 * The parameters of a request to the callback URL; each is NULL if the request
 * did not have it.
 */
struct connect_return {
	const char	*state;
	const char	*code;
	const char	*error;
	const char	*issuer;
	const char	*browser;	/* the binding cookie */
	bool		 bounced;	/* the second visit: the first came
					 * without the cookie, and the page sent
					 * the browser round once to fetch it */
};

/*
 * GET /connect/{session}. "browser" is the browser's cookie, or NULL.  An error
 * is returned only if our database fails; everything else is an outcome.
 */
enum cal_err	connect_open(struct service *, struct arena *,
		    const char *secret, const char *browser,
		    struct connect_outcome *) ERR_CHECK;
/*
 * GET /oauth/calendly/callback.  The same state from the same browser gets the
 * same outcome again, however often it comes.
 */
enum cal_err	connect_return(struct service *, struct arena *,
		    const struct connect_return *, struct connect_outcome *)
		    ERR_CHECK;
/*
 * Finds the URL of a page's "Back to the app".  With the link's secret the
 * whole session is known.  With only the session's id, which is not secret, no
 * more is told than where the app is.  Either may be NULL; "back_url" is NULL
 * if nothing is known.
 */
enum cal_err	connect_back(struct service *, struct arena *,
		    const char *secret, const char *session_id,
		    struct connect_outcome *) ERR_CHECK;

/*
 * Notes in the session's story where its browser was sent: to the page of ours
 * with this name, or to the app if "page" is NULL.
 */
void		connect_sent(struct service *, struct arena *,
		    const struct connect_outcome *, const char *page);

/* The masked e-mail addresses of a session that ended at the wrong account. */
struct connect_accounts {
	const char	*expected;
	const char	*chosen;
};

/*
 * Gives these addresses, but only to the browser that began the flow and has
 * the link's secret.  CAL_NOTFOUND: it is not that browser, or the session did
 * not end at the wrong account.
 */
enum cal_err	connect_accounts(struct service *, struct arena *,
		    const char *secret, const char *browser,
		    struct connect_accounts *) ERR_CHECK;

#endif
