/*
 * consent: sends a browser to Calendly's consent page, in a flow that only this
 * browser can finish.
 */
#ifndef APP_SERVICE_CONNECT_CONSENT_H
#define APP_SERVICE_CONNECT_CONSENT_H

#include "lib/err.h"

struct errand;
struct connect_outcome;
struct connect_session;

/*
 * Begins a new flow of the session.  Its state is stored as a hash, its code
 * verifier sealed.  The flow is bound to the cookie "browser"; if that is NULL
 * or not of our form, a new cookie is made.  "why" says in the session's story
 * why consent is needed.
 *
 * The outcome is CONNECT_CONSENT, or CONNECT_FAILED if the clone guard is shut.
 */
enum cal_err	consent_begin(const struct errand *,
		    const struct connect_session *, const char *browser,
		    const char *why, struct connect_outcome *) ERR_CHECK;

#endif
