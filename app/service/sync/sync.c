/*
 * sync: see sync.h.
 */
#include <string.h>

#include "app/domain/policy.h"
#include "app/domain/scope.h"
#include "app/metric/metric.h"
#include "app/repo/tx.h"
#include "app/service/calls/budget.h"
#include "app/service/emit.h"
#include "app/service/service.h"
#include "app/service/sync/sync.h"
#include "app/service/sync/walk.h"
#include "app/service/token/token.h"
#include "app/settings/settings.h"
#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/db.h"
#include "lib/log.h"

enum {
	SLICE_MS = 5 * 1000,
	NEXT_SLICE_MS = 1,
	MEMORY_MAX = 768 * 1024 * 1024,	/* for one step; see reading.c */
};

static enum cal_err
walk_load(struct walk *w)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(&w->e, &tx)) != CAL_OK)
		return rc;
	return tx_leave(&tx, sync_load(&tx, w->e.connection_id, &w->s));
}

/*
 * Begins the walk that is asked for; or the one under way anew, if the
 * connection has another account now.
 */
static enum cal_err
walk_begin(struct walk *w)
{
	const enum sync_purpose	 purpose = w->s.asked != SYNC_PURPOSE_NONE ?
				    w->s.asked : w->s.purpose;
	const bool		 recent = !walk_is_whole(purpose);
	const int64_t		 days = w->e.cal->set->sync_past_days;
	const int64_t		 past = recent ? POLICY_RECENT :
				    days * POLICY_DAY;
	struct tx		 tx;
	enum cal_err		 rc;

	if ((rc = errand_begin(&w->e, &tx)) != CAL_OK)
		return rc;
	rc = tx_end(&tx, sync_begin(&tx, w->e.connection_id, w->s.account_id,
	    purpose, past, recent));
	if (rc == CAL_OK && w->s.phase != SYNC_PHASE_NONE)
		metric_walk(sync_purpose_name(w->s.purpose), "restarted");
	return rc;
}

/*
 * Gives up the walk of a connection that has ended.  One that needs a new
 * consent keeps its walk, which then goes on.
 */
static enum cal_err
walk_drop(struct walk *w)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(&w->e, &tx)) != CAL_OK)
		return rc;
	return tx_end(&tx, sync_drop(&tx, w->e.connection_id));
}

static enum cal_err
mark_trouble(struct walk *w, enum sync_trouble trouble)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(&w->e, &tx)) != CAL_OK)
		return rc;
	return tx_end(&tx, sync_mark_trouble(&tx, w->e.connection_id,
	    w->s.walk, trouble));
}

static enum cal_err
tell_complete(struct tx *tx, const struct walk *w,
    const struct sync_complete *c)
{
	return walk_is_whole(c->purpose) ? emit_synced(tx,
	    w->e.connection_id, w->s.user_id, c) : CAL_OK;
}

static enum cal_err
walk_complete(struct walk *w)
{
	struct sync_complete	 c;
	struct tx		 tx;
	enum cal_err		 rc;

	if ((rc = errand_begin(&w->e, &tx)) != CAL_OK)
		return rc;
	rc = sync_end(&tx, w->e.connection_id, w->s.walk, &c);
	if (rc == CAL_OK)
		rc = tell_complete(&tx, w, &c);
	if ((rc = tx_end(&tx, rc)) == CAL_OK) {
		metric_walk(sync_purpose_name(c.purpose), "complete");
		log_info("sync: connection %s: %s complete: %lld events, %lld "
		    "invitees, %lld unread", w->e.connection_id,
		    sync_purpose_name(c.purpose), (long long)c.events,
		    (long long)c.invitees, (long long)c.unread);
	}
	return rc;
}

/* Puts off the slice if the account's budget allows no call now. */
static enum cal_err
ask_budget(struct walk *w)
{
	int64_t		 ms = 0;
	enum cal_err	 rc;

	rc = budget_wait(&w->e, &ms);
	if (rc == CAL_OK && ms > 0) {
		w->again_ms = (long)ms;
		w->over = true;
	}
	return rc;
}

static enum cal_err
make_step(struct walk *w)
{
	const bool	 other = w->s.walk_account == NULL ||
			    w->s.account_id == NULL ||
			    strcmp(w->s.walk_account, w->s.account_id) != 0;
	enum cal_err	 rc;

	if (w->s.phase == SYNC_PHASE_NONE && w->s.asked == SYNC_PURPOSE_NONE) {
		w->again_ms = -1;
		w->over = true;
		return CAL_OK;
	}
	if (w->s.phase == SYNC_PHASE_NONE || other)
		return walk_begin(w);
	if ((rc = ask_budget(w)) != CAL_OK || w->over)
		return rc;
	switch (w->s.phase) {
	case SYNC_EVENTS:
		return listing_step(w);
	case SYNC_INVITEES:
		return reading_step(w);
	default:
		rc = missing_step(w);
		return rc == CAL_OK && w->complete ? walk_complete(w) : rc;
	}
}

/*
 * Says whether the connection still has the grant that the token belongs to.
 * Another account's token would show other events, and hide these.
 */
static bool
has_its_grant(const struct walk *w)
{
	return w->s.grant_id != NULL && strcmp(w->s.grant_id, w->grant_id) == 0;
}

/*
 * Makes steps until the slice ends.  What a step reads lives in memory of its
 * own, because a page of events takes megabytes.
 */
static enum cal_err
make_steps(const struct errand *e, const struct secret *token, void *arg)
{
	struct walk	*w = arg;
	struct arena	*mem = arena_new(MEMORY_MAX);
	enum cal_err	 rc;

	(void)e;
	w->token = token;
	w->e.mem = mem;
	do {
		arena_reset(mem);
		if ((rc = walk_load(w)) == CAL_OK)
			rc = has_its_grant(w) ? make_step(w) : CAL_NOTFOUND;
	} while (rc == CAL_OK && !w->over && clock_ms() < w->until);
	w->refused = rc == CAL_DENIED;
	w->may_read = w->refused && scope_covers(w->s.scopes,
	    "scheduled_events:read");
	w->e.mem = w->mem;
	arena_free(mem);
	return rc;
}

/*
 * Calendly does not show the user's events.  Nothing is tried again before the
 * next regular check, or until somebody asks.
 */
static enum cal_err
stand_refused(struct walk *w)
{
	w->again_ms = -1;
	metric_walk(sync_purpose_name(w->s.purpose), "stuck");
	log_warn("sync: connection %s: Calendly does not show its events: %s",
	    w->e.connection_id, w->may_read ? "refused" :
	    "the scope scheduled_events:read is missing");
	return mark_trouble(w, w->may_read ? SYNC_REFUSED : SYNC_NO_SCOPE);
}

/*
 * The connection's status tells of dead tokens.  If it has ended meanwhile, no
 * other slice comes to give up the walk.
 */
static enum cal_err
end_without_token(struct walk *w)
{
	enum cal_err	 rc;

	w->again_ms = -1;
	if ((rc = walk_load(w)) != CAL_OK)
		return rc == CAL_NOTFOUND ? CAL_OK : rc;
	return w->s.status == CONNECTION_CONNECTED ||
	    w->s.status == CONNECTION_NEEDS_REAUTH ? CAL_OK :
	    walk_drop(w);
}

/*
 * What a slice returns to its job.  A call that was held back by the budget, or
 * a walk that another runner has carried on, is no failure.
 */
static enum cal_err
end_slice(struct walk *w, enum cal_err rc)
{
	int64_t		 ms = 0;

	if (w->refused)
		return stand_refused(w);
	/* No other statement may run before the job is put back for this. */
	if (rc == CAL_UNAVAILABLE && db_was_locked(w->e.cal->db))
		return rc;
	if (rc == CAL_DENIED)
		return end_without_token(w);
	if (rc == CAL_NOTFOUND)
		return CAL_OK;
	if (rc == CAL_UNAVAILABLE && budget_wait(&w->e, &ms) == CAL_OK &&
	    ms > 0) {
		w->again_ms = (long)ms;
		return CAL_OK;
	}
	if (rc == CAL_UPSTREAM || rc == CAL_UNAVAILABLE || rc == CAL_INVALID)
		(void)mark_trouble(w, SYNC_UNREACHABLE);
	return rc == CAL_UNAUTHORIZED ? CAL_UPSTREAM : rc;
}

enum cal_err
sync_run(const struct errand *e, const char *connection_id, long *again_ms)
{
	const struct errand	 about = errand_about(e, connection_id);
	struct walk		 w = {
		.e = errand_in_background(&about),
		.mem = e->mem,
		.until = clock_ms() + SLICE_MS,
		.again_ms = NEXT_SLICE_MS,
	};
	enum cal_err		 rc;

	*again_ms = -1;
	if ((rc = walk_load(&w)) != CAL_OK)
		return rc == CAL_NOTFOUND ? CAL_OK : rc;
	if (w.s.status != CONNECTION_CONNECTED || w.s.grant_id == NULL)
		return w.s.status == CONNECTION_NEEDS_REAUTH ? CAL_OK :
		    walk_drop(&w);
	w.grant_id = w.s.grant_id;
	rc = token_use(&w.e, w.grant_id, make_steps, &w);
	rc = end_slice(&w, rc);
	*again_ms = w.again_ms;
	return rc;
}
