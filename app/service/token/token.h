/*
 * token: an access token that works (docs/design.md, "Tokens").
 *
 * Promises: one refresh in flight per grant over all hosts; a refresh token
 * is never sent again after a success or an invalid_grant, and after an
 * ambiguous answer only by spaced probes.
 */
#ifndef APP_SERVICE_TOKEN_TOKEN_H
#define APP_SERVICE_TOKEN_TOKEN_H

#include <stdint.h>

#include "lib/err.h"

struct errand;
struct secret;

/*
 * An access token of the grant that lives for another minute at least (or for
 * a quarter of its life, if that is less), and
 * whose generation is above "above" (0: any): as it is stored, or refreshed.
 * "generation" says which it is.
 *
 * CAL_DENIED: dead, only a new consent helps.  CAL_UNAVAILABLE, CAL_UPSTREAM:
 * not now.  Not to be called within a transaction.
 */
enum cal_err	token_fresh(const struct errand *, const char *grant_id,
		    int64_t above, struct secret **, int64_t *generation)
		    ERR_CHECK;

/*
 * One look for an access token and when it expires, for who can come again:
 * CAL_CONFLICT: a refresh is under way.  If it has been so for longer than
 * "patience_ms", or that is 0, an old token that still lives will do instead,
 * else CAL_UNAVAILABLE.  Below 0 no refresh is begun either; with
 * TOKEN_NO_PLACE one that is needed is a reason to come again, too.
 */
enum { TOKEN_NO_PLACE = -2 };

enum cal_err	token_look(const struct errand *, const char *grant_id,
		    int64_t patience_ms, struct secret **,
		    const char **expires_at) ERR_CHECK;

typedef enum cal_err	 token_deed(const struct errand *,
			    const struct secret *token, void *arg);

/*
 * Do it with an access token that works: after a CAL_UNAUTHORIZED the token
 * is refreshed and it is done once more, so it must be safe to do twice.
 * CAL_UNAUTHORIZED: Calendly refuses the new one, too.  CAL_DENIED: the
 * grant is dead; a deed's own CAL_DENIED is made CAL_UPSTREAM.
 */
enum cal_err	token_use(const struct errand *, const char *grant_id,
		    token_deed *deed, void *arg) ERR_CHECK;

#endif
