/*
 * owner: whose tokens a grant holds.
 *
 * A grant is stored before Calendly has said whose its tokens are, so that its
 * account may become known only later, in a connect or in a teardown.
 */
#ifndef APP_SERVICE_TOKEN_OWNER_H
#define APP_SERVICE_TOKEN_OWNER_H

#include <stdbool.h>

#include "lib/err.h"

struct arena;
struct service;
struct calendly_user;

/*
 * The account of the user with this URI, added if it is new; NULL if the URI
 * names nobody.  Within a transaction, so that nobody forgets the account
 * before a grant refers to it.  "fresh": the grant's tokens have just been
 * minted, which counts in the account's budget.
 */
enum cal_err	owner_account(struct service *, struct arena *,
		    const char *user_uri, bool fresh,
		    const char **account_id) ERR_CHECK;
/*
 * Calendly has said whose a pending grant, or one under teardown, is.
 * CAL_NOTFOUND: that names nobody.
 */
enum cal_err	owner_note(struct service *, struct arena *,
		    const char *grant_id, const struct calendly_user *,
		    bool fresh) ERR_CHECK;

#endif
