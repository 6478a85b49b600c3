/*
 * restored: see restored.h.
 */
#include <string.h>

#include "app/calendly/callback.h"
#include "app/calendly/id.h"
#include "app/repo/grant.h"
#include "app/repo/subscription.h"
#include "app/repo/tx.h"
#include "app/repo/upkeep.h"
#include "app/service/errand.h"
#include "app/service/service.h"
#include "app/service/subscription/inventory.h"
#include "app/service/subscription/restored.h"
#include "app/service/subscription/subscribe.h"
#include "app/settings/settings.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/log.h"

/*
 * Says whether this is an endpoint as we make them: 256 bits in canonical
 * base64url.
 */
static bool
is_endpoint(struct arena *mem, const char *s)
{
	struct bytes	 b;

	return strlen(s) == CRYPTO_TOKENSZ && crypto_unbase64url(mem, s, &b) &&
	    strcmp(crypto_base64url(mem, b), s) == 0;
}

static bool
is_in_our_form(const struct service *cal, struct arena *mem,
    const struct grant *g, const struct subscription *s)
{
	const char	*last;

	if (s->uri == NULL || s->callback_url == NULL || s->scope == NULL ||
	    strcmp(s->scope, "user") != 0 || !id_same(mem, s->user,
	    g->user_uri))
		return false;
	last = callback_last(mem, s->callback_url);
	return is_endpoint(mem, last) && callback_same(mem, s->callback_url,
	    callback_url(mem, cal->set->backend_url, last));
}

static enum cal_err
adopt_unknown(struct tx *tx, const struct grant *g,
    const struct subscription *s, struct known **ours)
{
	static const char *const none[] = { NULL };
	struct subscription_intent	 n = {
		.hash = crypto_hash_text(tx->mem, callback_last(tx->mem,
		    s->callback_url)),
		.connection_id = g->connection_id,
		.grant_id = g->id,
		.organization_uri = g->organization_uri,
		.events = s->events == NULL ? none : s->events,
	};
	struct known	*h = arena_alloc(tx->mem, sizeof(*h));
	enum cal_err	 rc;
	bool		 known;

	rc = endpoint_known(tx->db, tx->mem, n.hash, &known);
	if (rc != CAL_OK || known)
		return rc;
	if ((rc = subscription_adopt(tx, &n, s->uri, h)) == CAL_OK)
		*ours = h;
	return rc;
}

enum cal_err
restored_adopt(const struct errand *e, const struct grant *g,
    struct inventory *h)
{
	struct found	*f;
	struct tx	 tx;
	enum cal_err	 rc;
	size_t		 i;

	for (i = 0; i < h->nfound; i++) {
		f = &h->found[i];
		if (f->ours != NULL || !is_in_our_form(e->cal, e->mem, g,
		    &f->sub))
			continue;
		rc = errand_begin(e, &tx);
		if (rc != CAL_OK)
			return rc;
		rc = tx_end(&tx, adopt_unknown(&tx, g, &f->sub, &f->ours));
		if (rc != CAL_OK) {
			f->ours = NULL;
			return rc;
		}
		if (f->ours != NULL)
			log_warn("reconcile: %s: it calls us, and no endpoint "
			    "of that name is known (a restored database?): "
			    "it is accepted for 25 hours, then deleted",
			    f->sub.uri);
	}
	return CAL_OK;
}
