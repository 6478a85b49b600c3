/*
 * teardown: what the repository keeps of tokens that serve nobody: whose they
 * are, why they came in vain, and what keeps their teardown from ending.
 *
 * All of it needs a tenant's transaction.
 */
#ifndef APP_REPO_TEARDOWN_H
#define APP_REPO_TEARDOWN_H

#include <stdbool.h>

#include "lib/err.h"

struct tx;

/* What keeps a teardown from ending; the values of grants.trouble. */
#define TROUBLE_UNKNOWN	"account_unknown"
#define TROUBLE_IN_USE	"account_in_use"
#define TROUBLE_REFUSED	"revocation_refused"

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
enum cal_err	grant_abandon(struct tx *, const char *id, bool unusable)
		    ERR_CHECK;
enum cal_err	grant_is_unusable(struct tx *, const char *id, bool *)
		    ERR_CHECK;
/* One of TROUBLE_*, or NULL: none that is known. */
enum cal_err	grant_mark_trouble(struct tx *, const char *id,
		    const char *trouble) ERR_CHECK;

#endif
