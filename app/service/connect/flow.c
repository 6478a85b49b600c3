/*
 * flow: see flow.h.
 */
#include <stdbool.h>
#include <stddef.h>

#include "app/metric/metric.h"
#include "app/repo/tx.h"
#include "app/service/connect/flow.h"
#include "app/service/errand.h"
#include "app/service/service.h"
#include "app/settings/settings.h"
#include "lib/clock.h"
#include "lib/crypto.h"
#include "lib/log.h"
#include "lib/task.h"

enum {
	TURN_SECONDS = 60,		/* as long as nginx
					 * waits for our answer */
	WAIT_MS = 1000,
	LOOK_MS = 50,
	CODES_MOST = 20,		/* for one state; a person needs one */
};

static struct bytes
hash_or_none(struct arena *mem, const char *text)
{
	return text == NULL ? (struct bytes){ NULL, 0 } :
	    crypto_hash_text(mem, text);
}

enum cal_err
flow_find(struct service *cal, struct arena *mem, const char *state,
    const char *browser, struct flow *f)
{
	struct tx	 tx;
	enum cal_err	 rc;

	*f = (struct flow){ .state = { .id = NULL } };
	rc = oauth_state_find(cal->db, mem, crypto_hash_text(mem, state),
	    hash_or_none(mem, browser), &f->state);
	if (rc != CAL_OK || !f->state.same_browser)
		return rc;
	if ((rc = tx_begin(&tx, cal->db, mem, f->state.tenant_id)) != CAL_OK)
		return rc;
	return tx_end(&tx, session_load(&tx, f->state.session_id, &f->session));
}

static enum cal_err
ask_for_turn(const struct errand *e, struct connect_session *s, enum turn *turn)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = turn_take(&tx, s->id, e->cal->owner, TURN_SECONDS, turn);
	if (rc == CAL_OK && *turn != TURN_BUSY)
		rc = session_load(&tx, s->id, s);
	return tx_end(&tx, rc);
}

/*
 * A request that waits occupies a worker, so at most a quarter of the workers
 * may wait.  A request that may not wait is told TURN_BUSY at once, and its
 * page asks again.
 */
enum cal_err
flow_take_turn(const struct errand *e, struct connect_session *s,
    enum turn *turn)
{
	const int64_t	 until = clock_ms() + WAIT_MS;
	bool		 waits;
	enum cal_err	 rc;

	rc = ask_for_turn(e, s, turn);
	if (rc != CAL_OK || *turn != TURN_BUSY)
		return rc;
	waits = metrics_claim(METRIC_BROWSERS_WAITING,
	    settings_most_waiting(e->cal->set));
	while (waits && rc == CAL_OK && *turn == TURN_BUSY &&
	    clock_ms() < until) {
		task_sleep(LOOK_MS);
		rc = ask_for_turn(e, s, turn);
	}
	if (waits)
		metrics_unclaim(METRIC_BROWSERS_WAITING);
	return rc;
}

void
flow_give_turn(const struct errand *e, const struct connect_session *s)
{
	struct tx	 tx;

	if (errand_begin(e, &tx) != CAL_OK || tx_end(&tx,
	    turn_give(&tx, s->id, e->cal->owner)) != CAL_OK)
		log_warn("connect: session %s: its turn is not given back; "
		    "it runs out by itself within a minute", s->id);
}

enum cal_err
flow_add_code(const struct errand *e, const struct flow *f,
    const char *code, enum session_result *result)
{
	const struct bytes	 hash = crypto_hash_text(e->mem, code);
	struct tx		 tx;
	enum cal_err		 rc;
	bool			 sent_before;

	*result = RESULT_NONE;
	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = code_add(&tx, hash, f->state.id, CODES_MOST);
	sent_before = rc == CAL_CONFLICT;
	if (sent_before)
		rc = code_result(&tx, hash, result);
	rc = tx_end(&tx, rc);
	return rc == CAL_OK && sent_before ? CAL_CONFLICT : rc;
}

void
flow_end_code(const struct errand *e, const struct flow *f,
    const char *code, enum session_result result)
{
	const struct bytes	 hash = crypto_hash_text(e->mem, code);
	struct tx		 tx;

	if (errand_begin(e, &tx) != CAL_OK || tx_end(&tx,
	    result == RESULT_NONE ? code_drop(&tx, hash) :
	    code_end(&tx, hash, result)) != CAL_OK)
		log_warn("connect: session %s: how its code ended is not "
		    "noted; the code counts as sent", f->session.id);
}
