/*
 * account: one Calendly user, over all tenants: its budget of new tokens, its
 * rate limit, and who may revoke.
 */
#ifndef APP_REPO_ACCOUNT_H
#define APP_REPO_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/err.h"

struct arena;
struct db;
struct tx;

/* The account's id, made if need be; no tenant needed. */
enum cal_err	account_intern(struct db *, struct arena *, const char *uuid,
		    const char **id) ERR_CHECK;
/*
 * Begin to revoke a grant's tokens, for at most this long; not if the account
 * is "shared" with another grant, of any tenant, that still needs its own.
 */
enum cal_err	account_revoke_begin(struct tx *, const char *grant_id,
		    int seconds, bool *shared) ERR_CHECK;
enum cal_err	account_revoke_end(struct tx *, const char *grant_id) ERR_CHECK;

/*
 * A revoke on the account against the making of this grant, which began when
 * this OAuth state was used.
 */
enum overlap {
	OVERLAP_NONE,
	OVERLAP_NOW,
	OVERLAP_PAST,
	OVERLAP__MAX
};

enum cal_err	account_revoke_overlap(struct tx *, const char *grant_id,
		    const char *state_id, enum overlap *) ERR_CHECK;
/*
 * May a token be minted for the grant's account now?  Then it counts, and
 * "wait_ms" is 0.
 */
enum cal_err	account_mint(struct tx *, const char *grant_id,
		    int64_t *wait_ms) ERR_CHECK;
/* One was, by a code. */
enum cal_err	account_minted(struct db *, struct arena *,
		    const char *account_id) ERR_CHECK;

/*
 * Did a refresh for another account than this grant's, of any tenant, succeed
 * within the hour?
 */
enum cal_err	account_others_refresh(struct tx *, const char *grant_id,
		    bool *) ERR_CHECK;

/* Calendly wants no more calls for a connection's account for this long. */
enum cal_err	account_limit(struct db *, struct arena *,
		    const char *connection_id, long seconds) ERR_CHECK;
/* How long that still is; 0: calls may be made. */
enum cal_err	account_limited(struct db *, struct arena *,
		    const char *connection_id, int64_t *ms) ERR_CHECK;
/*
 * Calls for an account are taken to hang for so long from now on; 0: no more.
 * The second is for who knows no more than a connection of it.
 */
enum cal_err	account_slow(struct db *, struct arena *,
		    const char *account_id, int seconds) ERR_CHECK;
enum cal_err	account_slow_of(struct db *, struct arena *,
		    const char *connection_id, int seconds) ERR_CHECK;

#endif
