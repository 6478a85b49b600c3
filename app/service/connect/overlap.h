/*
 * overlap: tokens that were made while others of the same account were being
 * revoked.
 *
 * Whether revoking one token ends others of the same user is not known.  So
 * tokens that were made meanwhile prove by a refresh that they still work.
 */
#ifndef APP_SERVICE_CONNECT_OVERLAP_H
#define APP_SERVICE_CONNECT_OVERLAP_H

#include "lib/err.h"

struct errand;
struct token_pair;

/*
 * For a grant just stored, whose making began when this OAuth state was used:
 * if a revoke on its account overlapped, wait for its end and refresh; the
 * pair is then the new one.  CAL_DENIED: the revoke has ended it.
 */
enum cal_err	overlap_survived(const struct errand *, const char *grant_id,
		    const char *state_id, struct token_pair *) ERR_CHECK;

#endif
