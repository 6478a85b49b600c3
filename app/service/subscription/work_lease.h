/*
 * work_lease: lets one reconcile or teardown of a grant run at a time, over all
 * hosts.
 *
 * The lease is longer than any call to Calendly, and its fencing number is
 * checked again before every create and delete, so that a stalled create cannot
 * happen after a teardown.
 */
#ifndef APP_SERVICE_SUBSCRIPTION_WORK_LEASE_H
#define APP_SERVICE_SUBSCRIPTION_WORK_LEASE_H

#include <stdint.h>

#include "app/domain/status.h"
#include "lib/err.h"

struct errand;

struct work {
	const char		*grant_id;
	enum grant_status	 status;	/* status that the grant must
					 * have while the work lasts */
	int64_t			 fence;
};

/* Takes the lease.  CAL_CONFLICT: another process has it. */
enum cal_err	work_lease_begin(const struct errand *,
		    const char *grant_id, enum grant_status, struct work *)
		    ERR_CHECK;
/*
 * To be called before every call that changes Calendly; renews the lease.
 * CAL_CONFLICT: the lease is lost, or the grant's status has changed.
 */
enum cal_err	work_lease_check(const struct errand *, const struct work *)
		    ERR_CHECK;
void		work_lease_end(const struct errand *, const struct work *);

#endif
