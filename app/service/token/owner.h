/*
 * owner: which Calendly account a grant's tokens belong to.
 *
 * A grant is stored before Calendly has said whose its tokens are.  Its account
 * may be learned only later, in the connect or in the teardown.
 */
#ifndef APP_SERVICE_TOKEN_OWNER_H
#define APP_SERVICE_TOKEN_OWNER_H

#include <stdbool.h>

#include "lib/err.h"

struct errand;
struct tx;
struct calendly_user;

/*
 * Finds the account of the user with this URI, or adds it; NULL if the URI
 * names no user.  To be called in the transaction that makes a grant refer to
 * the account, so that nobody forgets the account before.  "fresh": the grant's
 * tokens have just been minted, which counts in the account's budget.
 */
enum cal_err	owner_account(struct tx *, const char *user_uri, bool fresh,
		    const char **account_id) ERR_CHECK;
/*
 * Stores what Calendly has said about the owner of a grant that is pending or
 * under teardown.  CAL_NOTFOUND: it names no user.
 */
enum cal_err	owner_note(const struct errand *, const char *grant_id,
		    const struct calendly_user *, bool fresh) ERR_CHECK;

#endif
