/*
 * revoke: ending tokens at Calendly without ending somebody else's.
 *
 * Whether revoking one token ends others of the same user is not known.  So
 * it is not done while another grant stands on the account, and a grant that
 * is being made while it is done proves itself before it counts.
 */
#ifndef APP_SERVICE_REVOKE_H
#define APP_SERVICE_REVOKE_H

#include "lib/err.h"

struct arena;
struct calendly;
struct secret;
struct token_pair;

/*
 * Revoke a grant's tokens (either may be NULL), unless the account is
 * shared.  CAL_OK: done, or not to be done.
 */
enum cal_err	revoke_run(struct calendly *, struct arena *,
		    const char *grant_id, const struct secret *access,
		    const struct secret *refresh) ERR_CHECK;
/*
 * For a grant just stored, whose making began when this OAuth state was used:
 * if a revoke on its account overlapped, wait for its end and refresh; the
 * pair is then the new one.  CAL_DENIED: the revoke has ended it.
 */
enum cal_err	revoke_survived(struct calendly *, struct arena *,
		    const char *grant_id, const char *state_id,
		    struct token_pair *) ERR_CHECK;

#endif
