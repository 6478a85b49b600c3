/*
 * teardown_end: how a teardown ends: tokens revoked, secrets erased, and what
 * is left at Calendly named.
 */
#ifndef APP_SERVICE_DISCONNECT_TEARDOWN_END_H
#define APP_SERVICE_DISCONNECT_TEARDOWN_END_H

#include <stdint.h>

#include "lib/err.h"

struct errand;
struct grant;

struct ending {
	enum cal_err	 removed;	/* our subscriptions at Calendly */
	enum cal_err	 revoked;	/* the tokens */
	int64_t		 generation;	/* that was revoked; 0: any goes */
	const char	*user_uri;	/* the account's; NULL: not known */
	/* Subscriptions that Calendly refuses to delete; may be NULL. */
	const char	*const *left;
};

/*
 * Revoke the tokens of a grant under teardown, by the rules: only if it is
 * known whose they are, and no other grant needs the account.  What keeps
 * it from happening is noted on the grant.  CAL_OK: done, or not to be done.
 */
enum cal_err	teardown_revoke(const struct errand *, const char *grant_id,
		    struct ending *) ERR_CHECK;
/*
 * The last step: no secret remains, and the connection may settle.
 * CAL_CONFLICT if a refresh that was under way has brought another pair than
 * was revoked: the next try revokes that one.
 */
enum cal_err	teardown_finish(const struct errand *, const struct grant *,
		    const struct ending *) ERR_CHECK;

#endif
