/*
 * teardown: take what a grant has at Calendly away, and its secrets here.
 *
 * It has its own lease and its own endpoints; nobody else's are touched, and
 * tokens are never revoked while another standing grant, of any tenant,
 * belongs to the same Calendly account: that might kill the other one.
 */
#ifndef APP_SERVICE_DISCONNECT_TEARDOWN_H
#define APP_SERVICE_DISCONNECT_TEARDOWN_H

#include "lib/err.h"

struct tx;
struct errand;

/*
 * Begin, in the transaction of a tenant: the grant is let go of, its
 * endpoints answer 410 from the commit on, and a job does the rest after
 * this delay.
 */
enum cal_err	teardown_begin(struct tx *, const char *grant_id,
		    int delay_seconds) ERR_CHECK;
/*
 * Do it, outside any transaction.  CAL_OK: nothing is left, or what is left
 * is named in the connection's left_behind.  CAL_CONFLICT: somebody else is
 * at it.  CAL_UNAVAILABLE, CAL_UPSTREAM: Calendly is away, or the tokens may
 * not be revoked yet; CAL_DENIED: it refuses to revoke them; again later.
 */
enum cal_err	teardown_run(const struct errand *, const char *grant_id)
		    ERR_CHECK;
/* Erase a disconnected user, if that was asked for. */
enum cal_err	erase_run(const struct errand *, const char *connection_id)
		    ERR_CHECK;

#endif
