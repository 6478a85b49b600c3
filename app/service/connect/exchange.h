/*
 * exchange: an authorization code becomes a token pair.
 *
 * What was not sent has not failed: a name that is not found, a refused
 * connection, a failed TLS handshake, a 429 are tried again within the visit.
 */
#ifndef APP_SERVICE_CONNECT_EXCHANGE_H
#define APP_SERVICE_CONNECT_EXCHANGE_H

#include "lib/err.h"

struct errand;
struct flow;
struct token_pair;

/*
 * CAL_UNAVAILABLE: Calendly has certainly not taken the code.  Anything else
 * but CAL_OK: it has, or may have.
 */
enum cal_err	exchange_run(const struct errand *, const struct flow *,
		    const char *code, struct token_pair *) ERR_CHECK;

#endif
