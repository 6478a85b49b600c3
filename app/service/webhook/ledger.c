/*
 * ledger: see ledger.h.
 */
#include "app/repo/ledger.h"
#include "app/service/service.h"
#include "app/service/webhook/ledger.h"
#include "app/settings/settings.h"
#include "lib/clock.h"
#include "lib/db.h"
#include "lib/log.h"

enum { PAUSE_MS = 15 * 1000 };

static void
say_alarm(const struct ledger_alarm *a)
{
	log_warn("ledger: tenant %s, received in the minute from %s: %lld "
	    "missing: stored, but neither an event nor in the queue: somebody "
	    "changed the database: \"calendlyctl events\" names them, "
	    "\"calendlyctl events retry\" applies them", a->tenant, a->minute,
	    (long long)a->missing);
}

/*
 * Counts the minutes that are due, and logs each minute in which deliveries are
 * missing.  ledger_tell() marks these minutes as logged, but only the caller's
 * commit makes that last: after a crash before it they are logged once more.
 * If the commit came first, the crash could keep them from ever being logged.
 */
static enum cal_err
ledger_audit_some(struct service *cal, struct arena *mem, int64_t *looked)
{
	const struct settings	*set = cal->set;
	struct ledger_alarm	*alarm;
	enum cal_err		 rc;
	int			 i, n;

	rc = ledger_audit(cal->db, mem,
	    (int)(set->retention_events < set->retention_deliveries ?
	    set->retention_events : set->retention_deliveries), looked);
	if (rc != CAL_OK || *looked == 0)
		return rc;
	if ((rc = ledger_tell(cal->db, mem, &alarm, &n)) != CAL_OK)
		return rc;
	for (i = 0; i < n; i++)
		say_alarm(&alarm[i]);
	return CAL_OK;
}

enum cal_err
ledger_keep(struct service *cal, struct arena *mem, bool *worked)
{
	int64_t		 looked = 0;
	enum cal_err	 rc;

	*worked = false;
	if (clock_ms() < cal->next_audit)
		return CAL_OK;
	cal->next_audit = clock_ms() + PAUSE_MS;
	if ((rc = db_begin(cal->db)) != CAL_OK)
		return rc;
	rc = db_end(cal->db, ledger_audit_some(cal, mem, &looked));
	if ((*worked = rc == CAL_OK && looked > 0))
		cal->next_audit = 0;
	return rc;
}
