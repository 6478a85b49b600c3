/*
 * news: see news.h.
 */
#include <inttypes.h>

#include "app/repo/destination.h"
#include "app/repo/tx.h"
#include "app/service/emit.h"
#include "app/service/push/news.h"
#include "app/service/push/target.h"
#include "app/service/service.h"
#include "lib/json.h"
#include "lib/log.h"

/* Writes an event about the target, with the reason of its last failure. */
static enum cal_err
emit_about(struct tx *tx, const struct target *t, const char *type, bool why)
{
	struct json	*j = json_new(tx->mem);

	json_object(j, NULL);
	json_str(j, "destination_id", t->id);
	if (why)
		json_str(j, "error", t->health.failure);
	json_end(j);
	return emit_system(tx, NULL, NULL, type, j);
}

/* CAL_NOTFOUND: that is told already, or the destination has changed. */
static enum cal_err
tell_whether_failing(struct tx *tx, const struct target *t, bool failing)
{
	enum cal_err	 rc;

	rc = destination_set_told(tx, t->id, t->version, failing);
	if (rc != CAL_OK)
		return rc;
	return emit_about(tx, t, failing ? "destination.failing" :
	    "destination.recovered", failing);
}

static enum cal_err
end_active(struct tx *tx, const struct target *t, bool gone)
{
	enum cal_err	 rc;

	rc = destination_set_state(tx, t->id, t->version, gone ?
	    DESTINATION_PAUSED : DESTINATION_DISABLED, gone ?
	    DESTINATION_GONE : DESTINATION_FAILING);
	if (rc != CAL_OK)
		return rc;
	return emit_about(tx, t, gone ? "destination.paused" :
	    "destination.disabled", true);
}

static void
log_news(const struct target *t)
{
	if (t->gone)
		log_warn("push: destination %s is paused: it answered 410: "
		    "resume or delete it", t->id);
	else if (t->news == HEALTH_DISABLE)
		log_warn("push: destination %s is disabled: it has failed for "
		    "5 days: %s: mend it, then resume it: nothing is lost as "
		    "long as its events are in the feed", t->id,
		    t->health.failure);
	else if (t->news == HEALTH_FAILING)
		log_warn("push: destination %s has failed for an hour: %s: "
		    "its events wait", t->id, t->health.failure);
	else
		log_info("push: destination %s has recovered", t->id);
}

static enum cal_err
tell(struct tx *tx, const struct target *t)
{
	if (t->gone || t->news == HEALTH_DISABLE)
		return end_active(tx, t, t->gone);
	return tell_whether_failing(tx, t, t->news == HEALTH_FAILING);
}

void
news_tell(struct service *cal, struct arena *mem, struct target *t)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if (!t->gone && t->news == HEALTH_SAME)
		return;
	rc = tx_begin(&tx, cal->db, mem, t->tenant_id);
	if (rc == CAL_OK)
		rc = tx_end(&tx, tell(&tx, t));
	if (rc == CAL_OK) {
		log_news(t);
		t->lost = t->gone || t->news == HEALTH_DISABLE;
	}
	if (rc == CAL_OK || rc == CAL_NOTFOUND)
		t->health.told_failing = t->news == HEALTH_FAILING ||
		    (t->health.told_failing && t->news != HEALTH_RECOVERED);
	else
		t->lost = true;	/* the next claim shows if it is told */
	t->gone = false;
	t->news = HEALTH_SAME;
}

static enum cal_err
tell_missed(struct tx *tx, const struct target *t, int64_t from, int64_t to)
{
	struct json	*j = json_new(tx->mem);
	int64_t		 ended;
	enum cal_err	 rc;

	if ((rc = destination_missed(tx, t->id, from, to, &ended)) != CAL_OK)
		return rc;
	json_object(j, NULL);
	json_str(j, "destination_id", t->id);
	json_num(j, "from", from);
	json_num(j, "to", to);
	json_end(j);
	return emit_system(tx, NULL, NULL, "destination.gap", j);
}

void
news_missed(struct service *cal, struct arena *mem, struct target *t,
    int64_t from, int64_t to)
{
	struct tx	 tx;
	enum cal_err	 rc;

	rc = tx_begin(&tx, cal->db, mem, t->tenant_id);
	if (rc == CAL_OK)
		rc = tx_end(&tx, tell_missed(&tx, t, from, to));
	if (rc == CAL_OK)
		log_warn("push: destination %s: retention has removed events "
		    "from %" PRId64 " to %" PRId64 " of the feed before they "
		    "could be pushed: read the meetings", t->id, from, to);
}
