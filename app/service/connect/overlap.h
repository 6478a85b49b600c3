/*
 * overlap: checks tokens that were made while others of the same account were
 * being revoked.
 *
 * We do not know whether Calendly, when it revokes one token, also ends others
 * of the same user.  So tokens that were made during a revocation must prove by
 * a refresh that they still work.
 */
#ifndef APP_SERVICE_CONNECT_OVERLAP_H
#define APP_SERVICE_CONNECT_OVERLAP_H

#include "lib/err.h"

struct errand;
struct token_pair;

/*
 * Checks a grant that was just stored and whose tokens were requested when this
 * OAuth state was used.  If a revocation on its account overlapped with that,
 * it waits for the revocation's end and refreshes the grant; "pair" then holds
 * the new tokens.  CAL_DENIED: the revocation has ended the grant's tokens.
 * CAL_UNAVAILABLE: there was no time to find out.
 */
enum cal_err	overlap_survived(const struct errand *, const char *grant_id,
		    const char *state_id, struct token_pair *) ERR_CHECK;

#endif
