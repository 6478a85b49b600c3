/*
 * job: see job.h.
 */
#include <stddef.h>

#include "app/job/job.h"
#include "app/repo/job.h"
#include "app/repo/refused.h"
#include "app/repo/sync.h"
#include "app/service/service.h"
#include "app/service/webhook/apply.h"
#include "app/service/webhook/ledger.h"
#include "app/settings/settings.h"
#include "lib/clock.h"
#include "lib/db.h"

enum {
	SWEEP_MS = 60 * 1000,
	SWEEP_BATCH = 500,
	DUE_BATCH = 100,
	DUE_MS = 50,		/* from asking for what is due to the next
				 * look, so that a busy runner asks for several
				 * at a time */
};

/*
 * A delivery is kept no longer than its event, because erasing a user finds the
 * user's deliveries by their events.
 */
static struct sweep_days
days_to_keep(const struct settings *s)
{
	const int	 events = (int)s->retention_events;
	const int	 deliveries = (int)s->retention_deliveries;

	return (struct sweep_days){
		.calls = (int)s->retention_log,
		.deliveries = deliveries < events ? deliveries : events,
		.events = events,
		.meetings = (int)s->retention_meetings,
		.pushes = (int)s->retention_pushes,
	};
}

/*
 * A row that another transaction has locked stops only the work that needs this
 * row, so the round goes on.
 */
static bool
can_go_on(const struct service *cal, enum cal_err rc)
{
	return rc == CAL_OK ||
	    (rc == CAL_UNAVAILABLE && db_was_locked(cal->db));
}

static enum cal_err
sweep_now_and_then(struct service *cal, struct arena *mem, bool *worked)
{
	const struct sweep_days	 days = days_to_keep(cal->set);
	int64_t			 spread = 0;
	enum cal_err		 rc;

	*worked = false;
	if (clock_ms() < cal->next_sweep)
		return CAL_OK;
	rc = checks_spread(cal->db, mem, SWEEP_BATCH, &spread);
	if (can_go_on(cal, rc))
		rc = sweep(cal->db, mem, SWEEP_BATCH, &days, worked);
	*worked = rc == CAL_OK && (*worked || spread >= SWEEP_BATCH);
	cal->next_sweep = *worked ? 0 : clock_ms() + SWEEP_MS;
	return rc;
}

enum cal_err
job_round(struct service *cal, struct arena *mem, bool *worked)
{
	static enum cal_err	(*const parts[])(struct service *,
				    struct arena *, bool *) = {
		apply_some, apply_feed, sweep_now_and_then, ledger_keep
	};
	enum cal_err		 rc;
	bool			 did;
	size_t			 i;

	*worked = false;
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		did = false;
		rc = parts[i](cal, mem, &did);
		if (rc == CAL_UNAVAILABLE && !can_go_on(cal, rc))
			return rc;
		*worked = *worked || (did && rc == CAL_OK);
	}
	return CAL_OK;
}

/* Asks for what is due; "n" is how many those were, and may be 0. */
static enum cal_err
ask_for_all(struct service *cal, struct arena *mem, int64_t *n, bool *more)
{
	static enum cal_err	(*const parts[])(struct db *, struct arena *,
				    int, int64_t *) = { checks_ask, sync_due };
	enum cal_err		 rc;
	int64_t			 asked;
	size_t			 i;

	*n = 0;
	*more = false;
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		asked = 0;
		rc = parts[i](cal->db, mem, DUE_BATCH, &asked);
		if (rc == CAL_UNAVAILABLE && !can_go_on(cal, rc))
			return rc;
		*n += asked;
		*more = *more || asked >= DUE_BATCH;
	}
	return CAL_OK;
}

/*
 * What is due but cannot be asked for, because somebody holds its rows, must
 * not keep the runner awake.
 */
enum cal_err
job_ask_due(struct service *cal, struct arena *mem, bool *asked, long *next_ms)
{
	enum cal_err	 rc;
	int64_t		 ms = *next_ms, n;
	bool		 more;

	*asked = false;
	rc = due_in(cal->db, mem, *next_ms, &ms);
	if (rc != CAL_OK)
		return rc == CAL_UNAVAILABLE && !can_go_on(cal, rc) ? rc :
		    CAL_OK;
	if (ms > 0) {
		*next_ms = (long)ms;
		return CAL_OK;
	}
	if ((rc = ask_for_all(cal, mem, &n, &more)) != CAL_OK)
		return rc;
	*asked = n > 0;
	if (more)
		*next_ms = 0;
	else if (n > 0 && *next_ms > DUE_MS)
		*next_ms = DUE_MS;
	return CAL_OK;
}
