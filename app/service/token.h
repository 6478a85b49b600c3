/*
 * token: a grant's tokens: sealed, unsealed, refreshed (docs/design.md,
 * "Tokens").
 *
 * Promises: one refresh in flight per grant over all hosts; a refresh token
 * is never sent again after a success or an invalid_grant, and after an
 * ambiguous answer only by spaced probes.
 */
#ifndef APP_SERVICE_TOKEN_H
#define APP_SERVICE_TOKEN_H

#include <stdint.h>

#include "lib/err.h"

struct arena;
struct calendly;
struct grant;
struct sealed_pair;
struct secret;
struct token_pair;

/* Seal a pair for this grant's row at this generation. */
void		token_seal(struct calendly *, struct arena *,
		    const char *grant_id, int64_t generation,
		    const struct token_pair *, struct sealed_pair *);

/*
 * An access token of the grant that lives for another minute at least, and
 * whose generation is above "above" (0: any): as it is stored, or refreshed.
 * "generation" says which it is.
 *
 * CAL_DENIED: dead, only a new consent helps.  CAL_UNAVAILABLE, CAL_UPSTREAM:
 * not now.  Not to be called within a transaction.
 */
enum cal_err	token_fresh(struct calendly *, struct arena *,
		    const char *grant_id, int64_t above, struct secret **,
		    int64_t *generation) ERR_CHECK;

/*
 * Both tokens of a grant that is being torn down, as far as they are there
 * (NULL where not).
 */
enum cal_err	token_both(struct calendly *, struct arena *,
		    const struct grant *, struct secret **access,
		    struct secret **refresh) ERR_CHECK;

#endif
