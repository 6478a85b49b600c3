/*
 * token: gets an access token that works (docs/design.md, "Tokens").
 *
 * Promises: at most one refresh of a grant is in flight, over all hosts.  A
 * refresh token is never sent again after a success or an invalid_grant; after
 * an ambiguous answer it is sent again only with growing pauses.
 */
#ifndef APP_SERVICE_TOKEN_TOKEN_H
#define APP_SERVICE_TOKEN_TOKEN_H

#include <stdint.h>

#include "lib/err.h"

struct errand;
struct secret;

/*
 * Gets an access token of the grant whose generation is above "above" (0: any).
 * It is valid for another minute at least, or for a quarter of its life if that
 * is less; else it is refreshed first.  "generation" is set to the token's own.
 * If a refresh is not possible now, an older token may be returned while it is
 * valid.
 *
 * Not to be called within a transaction.  CAL_DENIED: the grant is dead, only a
 * new consent helps.  CAL_UNAVAILABLE, CAL_UPSTREAM: not now.
 */
enum cal_err	token_fresh(const struct errand *, const char *grant_id,
		    int64_t above, struct secret **, int64_t *generation)
		    ERR_CHECK;

/*
 * Looks once for an access token and when it expires, for callers that can look
 * again.  CAL_CONFLICT: another process is refreshing: look again.  If it has
 * been for longer than "patience_ms", or that is 0, the old token is returned
 * while it is valid, else CAL_UNAVAILABLE.
 *
 * With a negative patience no refresh is begun here; if that is TOKEN_NO_PLACE,
 * the need for one is a CAL_CONFLICT, too.
 */
enum { TOKEN_NO_PLACE = -2 };

enum cal_err	token_look(const struct errand *, const char *grant_id,
		    int64_t patience_ms, struct secret **,
		    const char **expires_at) ERR_CHECK;

typedef enum cal_err	 token_deed(const struct errand *,
			    const struct secret *token, void *arg);

/*
 * Calls "deed" with an access token that works.  If the deed returns
 * CAL_UNAUTHORIZED, the token is refreshed and the deed called once more, so it
 * must be safe to do twice.  CAL_UNAUTHORIZED: Calendly refuses the new token,
 * too.  CAL_DENIED: the grant is dead; CAL_DENIED from the deed itself is
 * returned as CAL_UPSTREAM.
 */
enum cal_err	token_use(const struct errand *, const char *grant_id,
		    token_deed *deed, void *arg) ERR_CHECK;

#endif
