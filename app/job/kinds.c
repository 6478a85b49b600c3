/*
 * kinds: the kinds of background work, and how each is tried again.
 */
#include <limits.h>

#include "app/job/job.h"
#include "app/service/disconnect/teardown.h"
#include "app/service/errand.h"
#include "app/service/subscription/reconcile.h"
#include "app/service/sync/sync.h"

/*
 * Seconds between tries: after a 409 or a lost reply a job looks again almost
 * at once, then after 1, 10 and 60 minutes.
 */
static const int RECONCILE_PAUSES[] = { 2, 60, 600, 3600, 0 };

/*
 * These are for when Calendly cannot be reached; teardown itself gives up after
 * a day.
 */
static const int TEARDOWN_PAUSES[] = { 2, 10, 60, 300, 900, 0 };

static const int ERASE_PAUSES[] = { 5, 60, 600, 0 };

/* For when Calendly cannot be reached; the walk goes on where it was. */
static const int SYNC_PAUSES[] = { 2, 10, 60, 600, 1800, 0 };

enum { ALWAYS = INT_MAX };	/* never parked: a walk that waits harms
				 * nobody, and its connection shows it */

/*
 * Dead tokens (CAL_DENIED) are no failure of the job: the connection's own
 * status tells of them.
 */
static enum cal_err
run_reconcile(const struct errand *e, const char *connection_id, long *again_ms)
{
	enum cal_err	 rc;

	*again_ms = -1;
	rc = reconcile_run(e, connection_id);
	return rc == CAL_DENIED ? CAL_OK : rc;
}

static enum cal_err
run_teardown(const struct errand *e, const char *grant_id, long *again_ms)
{
	*again_ms = -1;
	return teardown_run(e, grant_id);
}

static enum cal_err
run_erase(const struct errand *e, const char *connection_id, long *again_ms)
{
	*again_ms = -1;
	return erase_run(e, connection_id);
}

const struct job_deed job_deeds[JOB_KIND__MAX] = {
	[JOB_RECONCILE] = { run_reconcile, RECONCILE_PAUSES, 30 },
	[JOB_TEARDOWN] = { run_teardown, TEARDOWN_PAUSES, 200 },
	[JOB_ERASE] = { run_erase, ERASE_PAUSES, 30 },
	[JOB_SYNC] = { sync_run, SYNC_PAUSES, ALWAYS },
};
