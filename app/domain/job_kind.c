/*
 * job_kind: see job_kind.h.
 */
#include "app/domain/job_kind.h"

static const char *const	kinds[JOB_KIND__MAX] = {
	[JOB_RECONCILE] = "reconcile",
	[JOB_TEARDOWN] = "teardown",
	[JOB_ERASE] = "erase",
	[JOB_SYNC] = "sync",
};

const struct names	job_kind_names = NAMES("job kind", kinds);
