/*
 * work_lease: one reconcile or teardown of a grant at a time, over all hosts.
 *
 * The lease is longer than any call to Calendly, and its fencing number is
 * checked again before every create and delete, so that a stalled create
 * can't land after a teardown.
 */
#ifndef APP_SERVICE_SUBSCRIPTION_WORK_LEASE_H
#define APP_SERVICE_SUBSCRIPTION_WORK_LEASE_H

#include <stdint.h>

#include "app/domain/status.h"
#include "lib/err.h"

struct errand;

struct work {
	const char		*grant_id;
	enum grant_status	 status;	/* the grant must be in it */
	int64_t			 fence;
};

/* CAL_CONFLICT: somebody else is at it. */
enum cal_err	work_lease_begin(const struct errand *,
		    const char *grant_id, enum grant_status, struct work *)
		    ERR_CHECK;
/* Before every call that changes Calendly.  CAL_CONFLICT: no longer ours. */
enum cal_err	work_lease_check(const struct errand *, const struct work *)
		    ERR_CHECK;
void		work_lease_end(const struct errand *, const struct work *);

#endif
