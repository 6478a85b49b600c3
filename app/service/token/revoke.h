/*
 * revoke: revokes tokens at Calendly without ending those of another grant.
 *
 * We do not know whether Calendly, when it revokes one token, also ends others
 * of the same user.  So tokens are not revoked while another grant needs the
 * account, and a grant that is made during a revocation must prove itself
 * before it counts (connect/overlap.h).
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

/*
 * Seconds for which a revocation counts as under way if its end is not noted.
 */
enum {
	REVOKE_LEASE = 2 * CLIENT_REVOKE_MS / 1000 + 10
};

/*
 * Revokes a grant's tokens (either may be NULL).  CAL_OK: done; or "spared" is
 * true: they were not revoked, because another grant needs the account or it is
 * not known which account they belong to.  CAL_DENIED: Calendly refuses, and
 * does not say that the tokens are dead.  Other values: Calendly gave no
 * answer, try again.
 */
enum cal_err	revoke_run(const struct errand *, const char *grant_id,
		    const struct secret *access, const struct secret *refresh,
		    bool *spared) ERR_CHECK;
/*
 * The reason to be named with what a teardown leaves behind, from the result of
 * revoke_run(): "revocation_refused" or "unfinished".
 */
enum connection_reason
		revoke_reason(enum cal_err);
/*
 * For a pair that is stored nowhere and could not be revoked: warns the
 * operator, and names the account in left_behind of the grant's connection.
 */
void		revoke_give_up(const struct errand *, const struct grant *,
		    enum cal_err why);
#endif
