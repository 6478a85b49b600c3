/*
 * teardown: what is stored about tokens that no connection uses: whose they
 * are, whether they ever could be used, and why their teardown cannot end.
 *
 * All functions need a tenant's transaction.
 */
#ifndef APP_REPO_TEARDOWN_H
#define APP_REPO_TEARDOWN_H

#include <stdbool.h>

#include "app/domain/status.h"
#include "lib/err.h"

struct tx;

/*
 * Stores to which account a grant that is pending or under teardown belongs.
 * If organization_uri is NULL, the stored one is kept.
 */
enum cal_err	grant_own(struct tx *, const char *id, const char *account_id,
		    const char *user_uri, const char *organization_uri)
		    ERR_CHECK;
/*
 * Begins the teardown of a pending grant.  "unusable": a connect failed with
 * its tokens.  CAL_CONFLICT: the grant is no longer pending.
 */
enum cal_err	grant_abandon(struct tx *, const char *id,
		    bool unusable) ERR_CHECK;
enum cal_err	grant_is_unusable(struct tx *, const char *id,
		    bool *) ERR_CHECK;
/* Stores what keeps the grant's teardown from ending. */
enum cal_err	grant_mark_trouble(struct tx *,
		    const char *id, enum grant_trouble) ERR_CHECK;

#endif
