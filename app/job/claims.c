/*
 * claims: see claims.h.
 */
#include "app/job/claims.h"
#include "app/repo/job.h"
#include "app/service/service.h"
#include "lib/clock.h"
#include "lib/db.h"
#include "lib/log.h"

enum { RENEW_MS = 20 * 1000 };

void
claims_renew(struct service *cal, struct arena *mem, int64_t *next)
{
	const int64_t	 now = clock_ms();

	if (now < *next || !db_is_connected(cal->db))
		return;
	*next = now + RENEW_MS;
	if (job_renew(cal->db, mem, cal->owner, CLAIM_SECONDS) != CAL_OK)
		log_warn("job: claims are not renewed, see above");
}
