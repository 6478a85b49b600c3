/*
 * teardown: what the repository keeps of tokens that serve nobody: whose they
 * are, why they came in vain, and what keeps their teardown from ending.
 *
 * All of it needs a tenant's transaction.
 */
#ifndef APP_REPO_TEARDOWN_H
#define APP_REPO_TEARDOWN_H

#include <stdbool.h>

#include "app/domain/status.h"
#include "lib/err.h"

struct tx;

/*
 * A grant that is pending or under teardown turns out to be this account's;
 * an organization of NULL leaves what is known of it.
 */
enum cal_err	grant_own(struct tx *, const char *id, const char *account_id,
		    const char *user_uri, const char *organization_uri)
		    ERR_CHECK;
/*
 * Tokens that came to serve nobody, "unusable" ones if a connect failed with
 * them; CAL_CONFLICT if they serve by now.
 */
enum cal_err	grant_abandon(struct tx *, const char *id,
		    bool unusable) ERR_CHECK;
enum cal_err	grant_is_unusable(struct tx *, const char *id,
		    bool *) ERR_CHECK;
/* What keeps its teardown from ending. */
enum cal_err	grant_mark_trouble(struct tx *,
		    const char *id, enum grant_trouble) ERR_CHECK;

#endif
