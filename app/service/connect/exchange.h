/*
 * exchange: exchanges an authorization code for a token pair.
 *
 * If the request was certainly not carried out (name not found, connection
 * refused, TLS handshake failed, 429), it is tried again while the visit lasts.
 */
#ifndef APP_SERVICE_CONNECT_EXCHANGE_H
#define APP_SERVICE_CONNECT_EXCHANGE_H

#include "lib/err.h"

struct errand;
struct flow;
struct token_pair;

/*
 * Exchanges the code for a token pair.  CAL_UNAVAILABLE: Calendly has certainly
 * not taken the code (it could not be reached, or the code verifier does not
 * open), so the code can be sent again.  After any other error the code must
 * count as used, and "unread" of the pair may hold an answer that could not be
 * read.
 */
enum cal_err	exchange_run(const struct errand *, const struct flow *,
		    const char *code, struct token_pair *) ERR_CHECK;

#endif
