/*
 * subscribe: see subscribe.h.
 */
#include <string.h>

#include "app/calendly/callback.h"
#include "app/calendly/subscription.h"
#include "app/repo/connection.h"
#include "app/repo/grant.h"
#include "app/repo/subscription.h"
#include "app/repo/tx.h"
#include "app/repo/upkeep.h"
#include "app/service/errand.h"
#include "app/service/keys/seal.h"
#include "app/service/service.h"
#include "app/service/subscription/capability.h"
#include "app/service/subscription/damping.h"
#include "app/service/subscription/gap.h"
#include "app/service/subscription/inventory.h"
#include "app/service/subscription/subscribe.h"
#include "app/service/subscription/uris.h"
#include "app/service/subscription/work_lease.h"
#include "app/settings/settings.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/keyring.h"
#include "lib/log.h"
#include "lib/secret.h"

/* What is recorded of a subscription before it is made. */
struct intent {
	const char	*subscription_id;
	const char	*endpoint_id;
	const char	*url;
	const struct secret *key;	/* signing key to send with
					 * the request; NULL: none */
};

static enum cal_err
note_key(struct service *cal, struct tx *tx, const char *endpoint_id,
    const struct secret *key)
{
	const struct seal_place	 place = seal_at(SEALED_SIGNING_KEY,
	    endpoint_id, 0);

	if (key == NULL)
		return CAL_OK;
	return endpoint_set_key(tx, endpoint_id, keyring_seal(cal->keys,
	    tx->mem, &place, key));
}

static enum cal_err
record_intent(const struct errand *e, const struct grant *g, struct intent *in)
{
	const char	*endpoint = secret_text(crypto_token(e->mem));
	struct subscription_intent	 h = {
		.hash = crypto_hash_text(e->mem, endpoint),
		.connection_id = g->connection_id,
		.grant_id = g->id,
		.organization_uri = g->organization_uri,
		.events = e->cal->set->webhook_events,
		.wish = damping_wish(e->cal, e->mem, g),
	};
	struct tx	 tx;
	enum cal_err	 rc;

	in->url = callback_url(e->mem, e->cal->set->backend_url, endpoint);
	/*
	 * If the app's signing key is not configured, we propose a key for this
	 * subscription, which Calendly may accept.
	 */
	in->key = e->cal->set->signing_keys[0] == NULL ? crypto_token(e->mem) :
	    NULL;
	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = subscription_add(&tx, &h, &in->subscription_id, &in->endpoint_id);
	if (rc == CAL_OK)
		rc = note_key(e->cal, &tx, in->endpoint_id, in->key);
	return tx_end(&tx, rc);
}

/*
 * Records Calendly's spelling of the callback URL if it differs from ours, so
 * that it is recognised too.
 */
static enum cal_err
note_callback(struct service *cal, struct tx *tx, const struct intent *in,
    const struct subscription *s)
{
	if (s->callback_url == NULL || callback_same(tx->mem, s->callback_url,
	    in->url))
		return CAL_OK;
	return subscription_set_callback(tx, in->subscription_id,
	    inventory_callback_hash(cal, tx->mem, s->callback_url));
}

/*
 * Stores the subscription that was made.  Locks are taken in the order that
 * reconcile_adopt() explains.
 */
static enum cal_err
commit_made(const struct errand *e, const struct grant *g,
    const struct intent *in, const struct subscription *s)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = note_key(e->cal, &tx, in->endpoint_id, s->signing_key);
	if (rc == CAL_OK)
		rc = note_callback(e->cal, &tx, in, s);
	if (rc == CAL_OK)
		rc = subscription_activate(&tx, g->id, in->subscription_id,
		    s->uri, g->organization_uri, s->events != NULL ? s->events :
		    e->cal->set->webhook_events);
	if (rc == CAL_OK)
		rc = connection_set_capability(&tx, g->connection_id, g->id,
		    CAPABILITY_OK);
	if (rc == CAL_OK)
		rc = gap_close(&tx, g, true);
	return tx_end(&tx, rc);
}

static enum cal_err
note_refusal(const struct errand *e, const struct grant *g,
    const struct intent *in, enum refusal why)
{
	static const enum capability	 meant[] = {
		[REFUSAL_NONE] = CAPABILITY_UNKNOWN,
		[REFUSAL_PLAN] = CAPABILITY_PLAN,
		[REFUSAL_ROLE] = CAPABILITY_ROLE,
		[REFUSAL_SCOPE] = CAPABILITY_SCOPE,
		[REFUSAL_REJECTED] = CAPABILITY_REJECTED,
	};
	struct tx	 tx;
	enum cal_err			 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = subscription_mark_gone(&tx, in->subscription_id, NULL);
	if (rc == CAL_OK)
		rc = connection_set_capability(&tx, g->connection_id, g->id,
		    meant[why]);
	rc = tx_end(&tx, rc);
	return rc == CAL_OK ? CAL_GONE : rc;
}

/*
 * Calendly has certainly made nothing, so the recorded intent is closed and
 * nobody waits for it to appear.
 */
static enum cal_err
note_nothing_made(const struct errand *e, const struct intent *in,
    enum cal_err why)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = tx_end(&tx, subscription_mark_gone(&tx, in->subscription_id,
	    NULL));
	return rc == CAL_OK ? why : rc;
}

/*
 * Calendly may not accept a signing key from an OAuth app.  If it rejects the
 * request, the same is asked without the key.
 */
static enum cal_err
ask_for_subscription(const struct errand *e, const struct grant *g,
    const struct intent *in, const struct secret *token, struct subscription *s,
    enum refusal *why)
{
	struct subscription_wish wish = {
		.organization = g->organization_uri,
		.user = g->user_uri,
		.url = in->url,
		.events = e->cal->set->webhook_events,
		.signing_key = in->key,
	};
	enum cal_err		 rc;

	rc = subscription_create(errand_behalf(e), token, &wish, s, why);
	if (rc != CAL_INVALID || in->key == NULL)
		return rc;
	wish.signing_key = NULL;
	return subscription_create(errand_behalf(e), token, &wish, s, why);
}

enum cal_err
subscribe_make(const struct errand *e, const struct grant *g,
    const struct work *w, const struct secret *token, struct found *made)
{
	struct intent	 in;
	enum refusal	 why;
	enum cal_err	 rc;

	memset(made, 0, sizeof(*made));
	if ((rc = record_intent(e, g, &in)) != CAL_OK ||
	    (rc = work_lease_check(e, w)) != CAL_OK)
		return rc;
	rc = ask_for_subscription(e, g, &in, token, &made->sub, &why);
	if (rc == CAL_DENIED || rc == CAL_INVALID)
		return note_refusal(e, g, &in, why);
	if (rc == CAL_UNAUTHORIZED || rc == CAL_UNAVAILABLE)
		return note_nothing_made(e, &in, rc);
	if (rc != CAL_OK)
		return capability_note_failure(e, g, rc);
	if ((rc = commit_made(e, g, &in, &made->sub)) == CAL_OK)
		return CAL_OK;
	if (subscription_delete(errand_behalf(e), token,
	    made->sub.uri) != CAL_OK)
		log_warn("reconcile: grant %s: a subscription is made but "
		    "neither kept nor undone; the next run finds it", g->id);
	return rc;
}

enum cal_err
subscribe_remove(const struct errand *e, const struct work *w,
    const struct secret *token, const struct inventory *h, struct found *f)
{
	enum cal_err	 rc;

	if ((rc = work_lease_check(e, w)) != CAL_OK)
		return rc;
	rc = subscription_delete(errand_behalf(e), token, f->sub.uri);
	if (rc != CAL_OK)
		return rc;
	f->removed = true;
	return uris_note_gone(e, h, f->ours, f->sub.uri);
}
