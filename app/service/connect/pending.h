/*
 * pending: keeps tokens that were just received until it is known which account
 * they belong to.
 *
 * They are stored before any other step can fail, so that no pair that Calendly
 * gave us is ever in memory alone.
 */
#ifndef APP_SERVICE_CONNECT_PENDING_H
#define APP_SERVICE_CONNECT_PENDING_H

#include <stdbool.h>

#include "lib/buf.h"
#include "lib/err.h"

struct errand;
struct calendly_user;
struct flow;
struct token_pair;

/*
 * Stores the pair that a code has brought, as the pending grant "grant_id",
 * then asks Calendly whose it is.  If a revocation on the account overlapped
 * with this flow, the pair is refreshed and "pair" changes.
 *
 * On failure the grant remains if it could be stored: the caller must call
 * pending_let_go().
 */
enum cal_err	pending_receive(const struct errand *, const struct flow *,
		    const char *grant_id, struct token_pair *,
		    struct calendly_user *) ERR_CHECK;
/*
 * Keeps an answer to a code exchange that could not be read but may hold
 * tokens.  It is stored sealed, in a grant that serves no connection, for a
 * day.
 */
void		 pending_keep_unread(const struct errand *,
		    struct bytes answer);
/*
 * Begins the teardown of a pending grant whose tokens serve no connection.
 * "unusable" says that a connect failed with them; they are then kept for a day
 * if they may not be revoked.  CAL_OK also if no such grant was stored, or if
 * it serves a connection by now.
 */
enum cal_err	pending_let_go(const struct errand *, const char *grant_id,
		    bool unusable) ERR_CHECK;

#endif
