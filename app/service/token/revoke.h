/*
 * revoke: ending tokens at Calendly without ending somebody else's.
 *
 * Whether revoking one token ends others of the same user is not known.  So
 * it is not done while another grant stands on the account, and a grant that
 * is being made while it is done proves itself before it counts
 * (connect/overlap.h).
 */
#ifndef APP_SERVICE_TOKEN_REVOKE_H
#define APP_SERVICE_TOKEN_REVOKE_H

#include <stdbool.h>

#include "app/calendly/client.h"
#include "app/domain/status.h"
#include "lib/err.h"

struct errand;
struct grant;
struct secret;

/* s: so long a revoke counts as under way if nobody notes its end. */
enum {
	REVOKE_LEASE = 2 * CLIENT_REVOKE_MS / 1000 + 10
};

/*
 * Revoke a grant's tokens (either may be NULL).  "spared": that was not done,
 * for another grant of the account needs its own, or it is not known whose
 * they are.  CAL_OK: done, or spared.  CAL_DENIED: Calendly refuses, and does
 * not say that they are dead.  Else it gave no answer: try again.
 */
enum cal_err	revoke_run(const struct errand *, const char *grant_id,
		    const struct secret *access, const struct secret *refresh,
		    bool *spared) ERR_CHECK;
/* Why a connection ended with something left behind, after revoke_run(). */
enum connection_reason
		revoke_reason(enum cal_err);
/*
 * A pair that no row holds could not be revoked: tell the operator, and name
 * the account in what the grant's connection had to leave behind.
 */
void		revoke_give_up(const struct errand *, const struct grant *,
		    enum cal_err why);
#endif
