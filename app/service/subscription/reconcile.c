/*
 * reconcile: see reconcile.h.
 */
#include <limits.h>
#include <stdbool.h>

#include "app/calendly/id.h"
#include "app/domain/scope.h"
#include "app/repo/connection.h"
#include "app/repo/grant.h"
#include "app/repo/subscription.h"
#include "app/repo/sync.h"
#include "app/repo/tx.h"
#include "app/repo/upkeep.h"
#include "app/service/errand.h"
#include "app/service/service.h"
#include "app/service/subscription/capability.h"
#include "app/service/subscription/choose.h"
#include "app/service/subscription/damping.h"
#include "app/service/subscription/failing.h"
#include "app/service/subscription/gap.h"
#include "app/service/subscription/inventory.h"
#include "app/service/subscription/organization.h"
#include "app/service/subscription/reconcile.h"
#include "app/service/subscription/replaced.h"
#include "app/service/subscription/restored.h"
#include "app/service/subscription/subscribe.h"
#include "app/service/subscription/unlisted.h"
#include "app/service/subscription/uris.h"
#include "app/service/subscription/work_lease.h"
#include "app/service/token/token.h"
#include "app/settings/settings.h"
#include "lib/arena.h"
#include "lib/db.h"
#include "lib/log.h"

/*
 * Makes the row of the chosen subscription the current one, if it is not yet.
 * This is needed if we crashed between Calendly's answer and our commit, or if
 * somebody made the subscription anew by hand.  Notes of earlier trouble are
 * cleared.
 *
 * Locks are taken in the same order as elsewhere: the connection before its
 * grant, as in a disconnect, and the feed, to which the end of a gap is
 * written, last of all.
 */
static enum cal_err
reconcile_adopt(const struct errand *e, const struct grant *g,
    const struct found *f)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	if (f->ours->state != SUBSCRIPTION_ACTIVE ||
	    (f->sub.uri != NULL && !id_same(e->mem, f->ours->uri, f->sub.uri)))
		rc = subscription_activate(&tx, g->id, f->ours->subscription_id,
		    f->sub.uri, g->organization_uri,
		    f->sub.events != NULL ? f->sub.events :
		    e->cal->set->webhook_events);
	if (rc == CAL_OK)
		rc = connection_set_capability(&tx, g->connection_id, g->id,
		    CAPABILITY_OK);
	if (rc == CAL_OK)
		rc = damping_clear(&tx, g, choose_is_sound(f));
	if (rc == CAL_OK)
		rc = gap_close(&tx, g, f->sub.retry_started_at == NULL);
	return tx_end(&tx, rc);
}

/*
 * Leaves the connection without a webhook and stores why, after Calendly did
 * not even show the list of subscriptions.
 */
static enum cal_err
stand_without(const struct errand *e, const struct grant *g)
{
	return capability_note(e, g,
	    scope_covers(g->scopes, "webhooks:read") ? CAPABILITY_ROLE :
	    CAPABILITY_SCOPE);
}

enum {
	NO_WAIT = INT_MAX,
	LOOK_AGAIN = 3600,	/* seconds */
};

/* What was found at Calendly, and what was done about it. */
struct stock {
	struct inventory	 h;
	int		 waiting;	/* rows whose subscription may
					 * still turn out to exist */
	bool		 made;
	int		 wait;		/* seconds until the next reconcile */
};

/* The connection that is being reconciled. */
struct drive {
	struct grant	 g;
	struct work	 w;
	const char	*user_id;
	bool		 closed;	/* Calendly does not show
					 * the list of subscriptions */
};

/*
 * Asks Calendly for our subscriptions that no list shows, and updates our rows
 * with the answers.
 */
static enum cal_err
ask_unlisted(const struct errand *e, const struct drive *d,
    const struct secret *token, struct stock *s)
{
	enum cal_err	 rc;

	if ((rc = uris_note_seen(e, &s->h)) != CAL_OK ||
	    (rc = unlisted_ask(e, &d->w, token, &s->h)) != CAL_OK ||
	    (rc = unlisted_note(e, &s->h)) != CAL_OK ||
	    (rc = unlisted_wait(e, &s->h, false, &s->waiting)) != CAL_OK ||
	    (rc = restored_adopt(e, &d->g, &s->h)) != CAL_OK)
		return rc == CAL_DENIED ? CAL_UPSTREAM : rc;
	organization_mark(e->mem, &d->g, &s->h);
	return CAL_OK;
}

/*
 * Finds out what Calendly holds for the grant.  CAL_GONE: Calendly does not
 * show it.
 */
static enum cal_err
take_stock(const struct errand *e, struct drive *d, const struct secret *token,
    struct stock *s)
{
	enum cal_err	 rc;

	rc = inventory_take(e, &d->g, token, &s->h);
	d->closed = rc == CAL_DENIED || rc == CAL_NOTFOUND;
	if (d->closed)
		return CAL_GONE;
	if (rc != CAL_OK)
		return capability_note_failure(e, &d->g, rc);
	if ((rc = ask_unlisted(e, d, token, s)) != CAL_OK ||
	    (rc = failing_note(e, &d->g, d->user_id, &s->h)) != CAL_OK)
		return rc;
	return gap_look(e, &d->g, &s->h);
}

/*
 * Makes another subscription, because none can be relied upon; not if damping
 * or the number of existing ones forbids it now.
 */
static enum cal_err
make_another(const struct errand *e, const struct drive *d,
    const struct secret *token, struct stock *s)
{
	struct found			 made;
	enum subscription_trouble	 trouble;
	enum cal_err			 rc;
	int				 wait;
	bool				 room = true;

	rc = damping_ask(e, &d->g, &s->h, &trouble, &wait);
	if (rc == CAL_OK && trouble == SUBSCRIPTION_WELL)
		rc = replaced_make_room(e, &d->w, token, &s->h, s->waiting,
		    &room);
	if (rc == CAL_OK && !room) {
		trouble = SUBSCRIPTION_TOO_MANY;
		wait = LOOK_AGAIN;
	}
	if (rc == CAL_OK)
		rc = damping_note(e, &d->g, trouble);
	s->made = rc == CAL_OK && trouble == SUBSCRIPTION_WELL;
	if (s->made)
		return subscribe_make(e, &d->g, &d->w, token, &made);
	if (rc == CAL_OK && wait < s->wait)
		s->wait = wait;
	return rc;
}

static enum cal_err
check_again(const struct errand *e, const struct grant *g, int wait)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if (wait == NO_WAIT)
		return CAL_OK;
	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	return tx_end(&tx, connection_check_within(&tx, g->connection_id, g->id,
	    wait + 1));
}

/*
 * One round of the reconcile.  CAL_GONE: Calendly refuses for good; either
 * d->closed is set, or the capability is stored.
 */
static enum cal_err
drive_in(const struct errand *e, const struct secret *token, struct drive *d)
{
	struct stock		 s = { .wait = NO_WAIT };
	const struct found	*keep;
	enum cal_err		 rc;

	if ((rc = take_stock(e, d, token, &s)) != CAL_OK)
		return rc;
	if (s.waiting > 0)
		s.wait = LOOK_AGAIN;
	if ((keep = choose(e->cal, e->mem, &s.h)) != NULL)
		rc = reconcile_adopt(e, &d->g, keep);
	else
		rc = make_another(e, d, token, &s);
	if (rc == CAL_OK && (keep != NULL || s.made))
		rc = failing_settle(e, &d->g);
	if (rc == CAL_OK)
		rc = replaced_clear(e, &d->w, token, &s.h, keep, keep != NULL ||
		    s.made, &s.wait);
	return rc != CAL_OK ? rc : check_again(e, &d->g, s.wait);
}

/*
 * If Calendly refuses for good, the reason may be that the user has moved to
 * another organization: then the round is done again there.  If not, the
 * connection stays without a webhook.
 */
static enum cal_err
reconcile_drive(const struct errand *e, const struct secret *token, void *arg)
{
	struct drive	*d = arg;
	enum cal_err	 rc;
	bool		 moved;

	if ((rc = drive_in(e, token, d)) != CAL_GONE)
		return rc;
	rc = organization_follow(e, token, &d->g, d->user_id, &moved);
	if (rc == CAL_OK)
		rc = moved ? drive_in(e, token, d) : CAL_GONE;
	if (rc != CAL_GONE)
		return rc;
	return d->closed ? stand_without(e, &d->g) : CAL_OK;
}

static enum cal_err
reconcile_load(const struct errand *e, const char *connection_id,
    struct drive *d)
{
	struct connection	 c = { .grant_id = NULL };
	struct tx		 tx;
	enum cal_err		 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = connection_load(&tx, connection_id, &c);
	if (rc == CAL_OK && c.grant_id == NULL)
		rc = CAL_NOTFOUND;
	if (rc == CAL_OK)
		rc = grant_load(&tx, c.grant_id, &d->g);
	d->user_id = c.user_id;
	return tx_leave(&tx, rc);
}

/*
 * Whether the connection has a webhook now decides how its meetings are kept
 * complete, also if the reconcile has failed: they may be there to be read
 * although subscriptions are not.  Then its error stays, and after a lock that
 * was not free no other statement may run.
 */
static enum cal_err
see_to_sync(const struct errand *e, const struct grant *g, enum cal_err done)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if (done == CAL_UNAVAILABLE && db_was_locked(e->cal->db))
		return done;
	if ((rc = errand_begin(e, &tx)) == CAL_OK)
		rc = tx_end(&tx, sync_settle(&tx, g->connection_id, g->id));
	return done != CAL_OK ? done : rc;
}

enum cal_err
reconcile_run(const struct errand *e, const char *connection_id)
{
	const struct errand	 about = errand_about(e, connection_id);
	struct drive		 d;
	enum cal_err		 rc;

	if ((rc = reconcile_load(&about, connection_id, &d)) != CAL_OK)
		return rc == CAL_NOTFOUND ? CAL_OK : rc;
	if (d.g.status == GRANT_NEEDS_REAUTH)
		return CAL_DENIED;
	rc = work_lease_begin(&about, d.g.id, GRANT_LIVE, &d.w);
	if (rc != CAL_OK)
		return rc;
	rc = token_use(&about, d.g.id, reconcile_drive, &d);
	work_lease_end(&about, &d.w);
	rc = see_to_sync(&about, &d.g, rc);
	return rc == CAL_UNAUTHORIZED ? CAL_UPSTREAM : rc;
}
