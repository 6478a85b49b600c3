/*
 * consent: sending a browser to Calendly's consent page, with all that only
 * this browser can bring back.
 */
#ifndef APP_SERVICE_CONNECT_CONSENT_H
#define APP_SERVICE_CONNECT_CONSENT_H

#include "lib/err.h"

struct errand;
struct connect_outcome;
struct connect_session;

/*
 * A new flow of the session: its state is stored as a hash, its code verifier
 * sealed, and it is bound to the browser with this cookie (NULL, or odd: to
 * one that it is given).  "why" consent is needed is for the session's story.
 */
enum cal_err	consent_begin(const struct errand *,
		    const struct connect_session *, const char *browser,
		    const char *why, struct connect_outcome *) ERR_CHECK;

#endif
