/*
 * teardown_end: the last steps of a teardown: the tokens are revoked, the
 * secrets erased, and what remains at Calendly is named.
 */
#ifndef APP_SERVICE_DISCONNECT_TEARDOWN_END_H
#define APP_SERVICE_DISCONNECT_TEARDOWN_END_H

#include <stdint.h>

#include "lib/err.h"

struct errand;
struct grant;

struct ending {
	enum cal_err	 removed;	/* outcome of deleting our
					 * subscriptions at Calendly */
	enum cal_err	 revoked;	/* outcome of revoking the tokens */
	int64_t		 generation;	/* the generation that was
					 * revoked; 0: none was, and
					 * whichever it is may be erased */
	const char	*user_uri;	/* the account's user; NULL: unknown */
	/*
	 * Subscriptions that Calendly refuses to delete; NULL or a
	 * NULL-terminated list.
	 */
	const char	*const *left;
};

/*
 * Revokes the tokens of a grant under teardown, if it is known which account
 * they belong to and no other grant needs that account.  What prevents the
 * revocation is noted on the grant.  CAL_OK: revoked, or not to be revoked.
 */
enum cal_err	teardown_revoke(const struct errand *, const char *grant_id,
		    struct ending *) ERR_CHECK;
/*
 * The last step: erases the grant's secrets and marks its connection
 * disconnected.  CAL_CONFLICT: a refresh that was under way has brought a newer
 * pair than the one that was revoked; the next try revokes that one.
 */
enum cal_err	teardown_finish(const struct errand *, const struct grant *,
		    const struct ending *) ERR_CHECK;

#endif
