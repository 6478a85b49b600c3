/*
 * revoke: ending tokens at Calendly without ending somebody else's.
 *
 * Whether revoking one token ends others of the same user is not known.  So
 * it is not done while another grant stands on the account, and a grant that
 * is being made while it is done proves itself before it counts.
 */
#ifndef APP_SERVICE_REVOKE_H
#define APP_SERVICE_REVOKE_H

#include <stdbool.h>

#include "lib/err.h"

struct arena;
struct calendly;
struct grant;
struct secret;
struct token_pair;

/*
 * Revoke a grant's tokens (either may be NULL).  "spared": that was not done,
 * for another grant of the account needs its own, or it is not known whose
 * they are.  CAL_OK: done, or spared.  CAL_DENIED: Calendly refuses, and does
 * not say that they are dead.  Else it gave no answer: try again.
 */
enum cal_err	revoke_run(struct calendly *, struct arena *,
		    const char *grant_id, const struct secret *access,
		    const struct secret *refresh, bool *spared) ERR_CHECK;
/* Why a connection ended with something left behind, after revoke_run(). */
const char	*revoke_reason(enum cal_err);
/*
 * A pair that no row holds could not be revoked: tell the operator, and name
 * the account in what the grant's connection had to leave behind.
 */
void		revoke_give_up(struct calendly *, struct arena *,
		    const struct grant *, enum cal_err why);
/*
 * For a grant just stored, whose making began when this OAuth state was used:
 * if a revoke on its account overlapped, wait for its end and refresh; the
 * pair is then the new one.  CAL_DENIED: the revoke has ended it.
 */
enum cal_err	revoke_survived(struct calendly *, struct arena *,
		    const char *grant_id, const char *state_id,
		    struct token_pair *) ERR_CHECK;

#endif
