/*
 * teardown: removes what a grant has at Calendly, and erases its secrets here.
 *
 * A teardown uses its own grant's work lease and touches only that grant's
 * endpoints.  Tokens are not revoked while another grant of any tenant still
 * needs the same Calendly account, because revoking might end that grant's
 * tokens too.
 */
#ifndef APP_SERVICE_DISCONNECT_TEARDOWN_H
#define APP_SERVICE_DISCONNECT_TEARDOWN_H

#include "lib/err.h"

struct tx;
struct errand;

enum {
	/*
	 * Seconds for which a connection that is to be erased is still shown if
	 * something had to be left at Calendly, so that a host that asks now
	 * and then reads what left_behind names.
	 */
	TEARDOWN_SHOWN = 10 * 60,
};

/*
 * Begins a teardown within the open transaction of the tenant: the grant is no
 * longer live, its endpoints answer 410 from the commit on, and a job does the
 * rest after "delay_seconds".
 */
enum cal_err	teardown_begin(struct tx *, const char *grant_id,
		    int delay_seconds) ERR_CHECK;
/*
 * Carries out the teardown; not to be called within a transaction.  CAL_OK:
 * nothing is left at Calendly, or what is left is named in the connection's
 * left_behind.  CAL_CONFLICT: another process is working on this grant.
 * CAL_UNAVAILABLE, CAL_UPSTREAM: Calendly cannot be reached or fails, or the
 * tokens may not be revoked yet.  CAL_DENIED: Calendly refuses to revoke the
 * tokens.  After any error it should be tried again later.
 */
enum cal_err	teardown_run(const struct errand *, const char *grant_id)
		    ERR_CHECK;
/*
 * Erases a user whose connection is disconnected and whose erasure was asked
 * for.  If either is not so (any more), nothing happens: CAL_OK.
 */
enum cal_err	erase_run(const struct errand *, const char *connection_id)
		    ERR_CHECK;

#endif
