/*
 * account: one Calendly user, across all tenants: how many tokens were minted
 * lately, whether its calls hang, and whether a revocation is under way.
 */
#ifndef APP_REPO_ACCOUNT_H
#define APP_REPO_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/err.h"

struct arena;
struct db;
struct tx;

/*
 * Gives the id of the account with this UUID; adds the account if it is new.
 * Needs no tenant's transaction.
 */
enum cal_err	account_intern(struct db *, struct arena *, const char *uuid,
		    const char **id) ERR_CHECK;
/*
 * Begins to revoke a grant's tokens; the revocation counts as under way for at
 * most so many seconds.  It does not begin if the account is "shared": another
 * grant, of any tenant, still needs tokens of this account, or the grant's
 * account is not known.
 */
enum cal_err	account_revoke_begin(struct tx *, const char *grant_id,
		    int seconds, bool *shared) ERR_CHECK;
enum cal_err	account_revoke_end(struct tx *, const char *grant_id) ERR_CHECK;

/*
 * Tells whether a revocation on the account overlapped with the making of this
 * grant, which began when this OAuth state was used.
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
 * Asks whether a token may be minted for the grant's account now.  If so it is
 * counted and "wait_ms" is 0; else "wait_ms" is when to ask again.
 */
enum cal_err	account_mint(struct tx *, const char *grant_id,
		    int64_t *wait_ms) ERR_CHECK;
/* Counts a token that was minted by an authorization code. */
enum cal_err	account_minted(struct db *, struct arena *,
		    const char *account_id) ERR_CHECK;

/*
 * Tells whether a refresh for another account than this grant's, of any tenant,
 * has succeeded within the last hour.
 */
enum cal_err	account_others_refresh(struct tx *, const char *grant_id,
		    bool *) ERR_CHECK;

/*
 * Notes that calls for an account hang, which is believed for so many seconds;
 * 0: they hang no longer. account_slow_of() finds the account by its
 * connection.
 */
enum cal_err	account_slow(struct db *, struct arena *,
		    const char *account_id, int seconds) ERR_CHECK;
enum cal_err	account_slow_of(struct db *, struct arena *,
		    const char *connection_id, int seconds) ERR_CHECK;

#endif
