/*
 * failing: see failing.h.
 */
#include <string.h>

#include "app/repo/delivery.h"
#include "app/repo/failing.h"
#include "app/repo/grant.h"
#include "app/repo/subscription.h"
#include "app/repo/tx.h"
#include "app/service/emit.h"
#include "app/service/errand.h"
#include "app/service/service.h"
#include "app/service/subscription/choose.h"
#include "app/service/subscription/failing.h"
#include "app/service/subscription/inventory.h"
#include "lib/arena.h"
#include "lib/when.h"

/*
 * Within a tenant's transaction: notes that deliveries no longer fail (see
 * failing_end()), and tells the host app if that is news.
 */
static enum cal_err
tell_recovered(struct tx *tx, const char *grant_id, const char *endpoint_id)
{
	struct failing_ended	 ended;
	enum cal_err		 rc;

	rc = failing_end(tx, grant_id, endpoint_id, &ended);
	if (rc != CAL_OK || ended.user_id == NULL)
		return rc;
	return emit_recovered(tx, ended.connection_id, ended.user_id);
}

/*
 * Within a tenant's transaction: notes why deliveries to this subscription
 * fail, and tells the host app if that is news.
 */
static enum cal_err
tell_failing(struct tx *tx, const struct grant *g, const char *user_id,
    const struct found *f, enum webhook_failure why)
{
	const char		*since = f->sub.retry_started_at;
	const struct failing	 how = {
		.disabled = why == FAILURE_DISABLED,
		.since = since == NULL ? NULL : when_read(tx->mem, since),
	};
	enum cal_err		 rc;
	bool			 news;

	rc = failing_begin(tx, f->ours->subscription_id, &how, &news);
	if (rc != CAL_OK || !news)
		return rc;
	return emit_failing(tx, g->connection_id, user_id, why);
}

/*
 * Says whether Calendly states that the subscription is active.  A state that
 * can't be read ends no failing.
 */
static bool
is_well(const struct found *f)
{
	return f->sub.state != NULL && strcmp(f->sub.state, "active") == 0;
}

static enum cal_err
note_found(const struct errand *e, const struct grant *g, const char *user_id,
    const struct found *f)
{
	const enum webhook_failure	 why = choose_failure(f);
	struct tx	 tx;
	enum cal_err			 rc;

	if (why == FAILURE_NONE && !is_well(f))
		return CAL_OK;
	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = why != FAILURE_NONE ? tell_failing(&tx, g, user_id, f, why) :
	    tell_recovered(&tx, g->id, f->ours->endpoint_id);
	return tx_end(&tx, rc);
}

enum cal_err
failing_note(const struct errand *e, const struct grant *g, const char *user_id,
    const struct inventory *h)
{
	const struct known	*ours;
	enum cal_err		 rc = CAL_OK;
	size_t			 i;

	for (i = 0; rc == CAL_OK && i < h->nfound; i++) {
		ours = h->found[i].ours;
		if (ours != NULL && ours->state == SUBSCRIPTION_ACTIVE)
			rc = note_found(e, g, user_id, &h->found[i]);
	}
	return rc;
}

enum cal_err
failing_settle(const struct errand *e, const struct grant *g)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	return tx_end(&tx, tell_recovered(&tx, g->id, NULL));
}

/*
 * A rightly signed delivery came to this endpoint.  The subscription's row is
 * written before the endpoint's, in the same order as when a subscription is
 * replaced, so that the two cannot deadlock.
 */
static enum cal_err
hear_endpoint(struct service *cal, struct arena *mem, const struct heard *h)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = tx_begin(&tx, cal->db, mem, h->tenant_id)) != CAL_OK)
		return rc;
	if (h->grant_id != NULL)
		rc = tell_recovered(&tx, h->grant_id, h->endpoint_id);
	if (rc == CAL_OK)
		rc = endpoint_trust(&tx, h->endpoint_id);
	return tx_end(&tx, rc);
}

/*
 * Failures of the database are ignored here: they are logged where they are
 * met, and the endpoints are found again when their next deliveries are
 * applied.
 */
void
failing_heard(struct service *cal, struct arena *mem,
    const struct delivery *all, size_t n)
{
	const char	**id = arena_array(mem, n, sizeof(*id));
	struct heard	 *h;
	size_t		  i;
	int		  k, nheard;

	for (i = 0; i < n; i++)
		id[i] = all[i].event_id;
	if (deliveries_heard(cal->db, mem, id, n, &h, &nheard) != CAL_OK)
		return;
	for (k = 0; k < nheard; k++)
		if (hear_endpoint(cal, mem, &h[k]) != CAL_OK)
			return;
}
