/*
 * replaced: see replaced.h.
 */
#include <stdlib.h>
#include <string.h>

#include "app/repo/subscription.h"
#include "app/repo/tx.h"
#include "app/repo/upkeep.h"
#include "app/service/errand.h"
#include "app/service/subscription/choose.h"
#include "app/service/subscription/damping.h"
#include "app/service/subscription/inventory.h"
#include "app/service/subscription/replaced.h"
#include "app/service/subscription/subscribe.h"
#include "app/service/subscription/uris.h"
#include "lib/log.h"

/*
 * Says whether the subscription must drain before it is deleted.  Not if it
 * calls the same endpoint as "keep", because that one receives its events as
 * well.
 */
static bool
must_drain(const struct found *f, const struct found *keep)
{
	if (f->ours->subscription_id == NULL || choose_is_disabled(f) ||
	    f->ours->endpoint_state == ENDPOINT_RETIRED ||
	    (keep != NULL && keep->ours == f->ours))
		return false;
	return f->ours->drain_left > 0 && (f->ours->drains ||
	    f->sub.retry_started_at != NULL || f->ours->refused);
}

static enum cal_err
drain_replaced(const struct errand *e, const struct found *f, int *wait)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if (*wait > f->ours->drain_left)
		*wait = (int)f->ours->drain_left;
	if (f->ours->drains)
		return CAL_OK;
	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = tx_end(&tx, subscription_drain(&tx, f->ours->subscription_id));
	if (rc == CAL_OK)
		log_info("reconcile: %s: replaced; it stays for its retries",
		    f->sub.uri == NULL ? "one without a URI" : f->sub.uri);
	return rc;
}

static enum cal_err
clear_one(const struct errand *e, const struct work *w,
    const struct secret *token, const struct inventory *h, struct found *f)
{
	enum cal_err	 rc;

	if (f->sub.uri == NULL) {
		log_warn("reconcile: a subscription of ours can't be deleted: "
		    "Calendly's list has no URI of it that can be read");
		return CAL_OK;
	}
	rc = subscribe_remove(e, w, token, h, f);
	if (rc != CAL_DENIED && rc != CAL_INVALID)
		return rc;
	log_warn("reconcile: %s: Calendly refuses to delete it (%s)",
	    f->sub.uri, err_name(rc));
	return CAL_OK;
}

/*
 * Says whether the current subscription is there and working, so that new
 * events reach us.
 */
static bool
is_served(const struct inventory *h)
{
	size_t	 i;

	for (i = 0; i < h->nfound; i++)
		if (choose_is_alive(&h->found[i]) && !h->found[i].unknown &&
		    h->found[i].ours->state == SUBSCRIPTION_ACTIVE)
			return true;
	return false;
}

/*
 * Asks Calendly again whether it is retrying deliveries of the subscription
 * that was current until now.  The list was read before the successor was made,
 * so it may be out of date.  If Calendly can't be asked, an error is returned,
 * and the subscription is not deleted.
 */
static enum cal_err
look_again(const struct errand *e, const struct secret *token, struct found *f)
{
	struct subscription	 now;
	enum cal_err		 rc;

	if (f->ours->state != SUBSCRIPTION_ACTIVE || f->sub.uri == NULL ||
	    f->unknown || f->sub.retry_started_at != NULL ||
	    choose_is_disabled(f))
		return CAL_OK;
	rc = subscription_find(errand_behalf(e), token, f->sub.uri, &now);
	if (rc == CAL_OK)
		f->sub.retry_started_at = now.retry_started_at;
	return rc == CAL_NOTFOUND || rc == CAL_DENIED || rc == CAL_INVALID ?
	    CAL_OK : rc;
}

enum cal_err
replaced_clear(const struct errand *e, const struct work *w,
    const struct secret *token, const struct inventory *h,
    const struct found *keep, bool all, int *wait)
{
	const bool	 served = all || is_served(h);
	struct found	*f;
	enum cal_err	 rc, failed = CAL_OK;
	size_t		 i;

	for (i = 0; i < h->nfound; i++) {
		f = &h->found[i];
		if (f->ours == NULL || f->removed || f == keep || (!all &&
		    f->ours->state != SUBSCRIPTION_REPLACED &&
		    f->ours->state != SUBSCRIPTION_DELETED))
			continue;
		rc = keep != NULL ? CAL_OK : look_again(e, token, f);
		if (rc == CAL_OK && must_drain(f, keep))
			rc = drain_replaced(e, f, wait);
		else if (rc == CAL_OK && (served || !choose_is_alive(f)))
			rc = clear_one(e, w, token, h, f);
		if (rc == CAL_UPSTREAM)
			failed = rc;
		else if (rc != CAL_OK)
			return rc;
	}
	return failed;
}

/*
 * Says whether the subscription counts towards the limit.  One that Calendly
 * does not show, because it belongs to a dead grant or to another organization,
 * can never be deleted, so it is left out.
 */
static bool
is_counted(const struct found *f)
{
	return f->ours != NULL && !f->removed && !(f->unknown &&
	    (f->elsewhere ||
	    f->ours->endpoint_state == ENDPOINT_RETIRED));
}

/*
 * Says whether the subscription may be deleted to make room.  The current one
 * may not, as its successor does not exist yet.
 */
static bool
is_to_spare(const struct found *f)
{
	if (!is_counted(f) || f->unknown || f->sub.uri == NULL ||
	    (f->ours->state == SUBSCRIPTION_ACTIVE && f->ours->uri != NULL &&
	    strcmp(f->ours->uri, f->sub.uri) == 0))
		return false;
	return f->sub.retry_started_at == NULL || choose_is_disabled(f);
}

/* Endpoint numbers grow in the order in which endpoints are made. */
static bool
is_older(const struct found *a, const struct found *b)
{
	return strtoll(a->ours->endpoint_id, NULL, 10) <
	    strtoll(b->ours->endpoint_id, NULL, 10);
}

static struct found *
oldest_to_spare(const struct inventory *h)
{
	struct found	*oldest = NULL;
	size_t		 i;

	for (i = 0; i < h->nfound; i++)
		if (is_to_spare(&h->found[i]) && (oldest == NULL ||
		    is_older(&h->found[i], oldest)))
			oldest = &h->found[i];
	return oldest;
}

static bool
is_crowded(const struct inventory *h, int waiting)
{
	int	 alive = waiting;
	size_t	 i;

	for (i = 0; i < h->nfound; i++)
		if (is_counted(&h->found[i]))
			alive++;
	return alive >= DAMPING_ALIVE_MAX;
}

/*
 * One that could not be deleted is marked unknown, so that it is not tried
 * twice and the next oldest has its turn.
 */
enum cal_err
replaced_make_room(const struct errand *e, const struct work *w,
    const struct secret *token, const struct inventory *h, int waiting,
    bool *room)
{
	struct found	*f;
	enum cal_err	 rc;

	while (!(*room = !is_crowded(h, waiting))) {
		if ((f = oldest_to_spare(h)) == NULL)
			break;
		rc = clear_one(e, w, token, h, f);
		if (rc != CAL_OK && rc != CAL_UPSTREAM)
			return rc;
		if (!f->removed)
			f->unknown = true;
	}
	return CAL_OK;
}
