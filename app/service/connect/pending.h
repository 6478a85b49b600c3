/*
 * pending: tokens just received, until it is known whom they serve.
 *
 * They are stored before anything else may fail: no pair that Calendly gave
 * us is ever in memory alone.
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
 * Store a pair that a code has brought as this pending grant, then ask
 * Calendly whose it is.  If a revoke on the account overlapped with this flow,
 * the pair is refreshed and changes.
 * On failure the grant is still there if it could be stored: let go of it.
 */
enum cal_err	pending_receive(const struct errand *, const struct flow *,
		    const char *grant_id, struct token_pair *,
		    struct calendly_user *) ERR_CHECK;
/*
 * The answer to a code could not be read, and may hold tokens all the same:
 * it is kept sealed, as tokens that serve nobody, until their day is over.
 */
void		 pending_keep_unread(const struct errand *,
		    struct bytes answer);
/*
 * The pair serves nobody: its teardown begins.  "unusable": a connect failed
 * with it, so that it is kept for a day if it may not be revoked.  CAL_OK,
 * too, if nothing was stored or it serves after all.
 */
enum cal_err	pending_let_go(const struct errand *, const char *grant_id,
		    bool unusable) ERR_CHECK;

#endif
