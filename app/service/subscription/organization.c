/*
 * organization: see organization.h.
 */
#include <stdbool.h>
#include <stdint.h>

#include "app/calendly/client.h"
#include "app/calendly/id.h"
#include "app/calendly/user.h"
#include "app/domain/policy.h"
#include "app/repo/grant.h"
#include "app/repo/subscription.h"
#include "app/repo/tx.h"
#include "app/service/emit.h"
#include "app/service/errand.h"
#include "app/service/service.h"
#include "app/service/subscription/inventory.h"
#include "app/service/subscription/organization.h"
#include "app/service/token/token.h"
#include "lib/clock.h"
#include "lib/log.h"

enum { LOOK_MS = 5 * 1000 };	/* longest time for the look,
				 * as a browser is waiting */

enum cal_err
organization_tell(struct tx *tx, const struct grant *g,
    const char *organization, const char *user_id)
{
	if (g->organization_uri == NULL || id_same(tx->mem, g->organization_uri,
	    organization))
		return CAL_OK;
	log_info("connection %s: the user has moved to another organization "
	    "at Calendly", g->connection_id);
	return emit_organization(tx, g->connection_id, user_id,
	    g->organization_uri, organization);
}

/*
 * Moves the grant and tells the host app.  CAL_CONFLICT: another process has
 * moved it first, and has told the host app.
 */
static enum cal_err
organization_move(const struct errand *e, const struct grant *g,
    const char *organization, const char *user_id)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = grant_move(&tx, g, organization);
	if (rc == CAL_OK)
		rc = organization_tell(&tx, g, organization, user_id);
	return tx_end(&tx, rc);
}

/*
 * Says whether Calendly answered without naming an organization; the grant's
 * then stays as it is.
 */
static bool
is_untold(const struct service *cal, enum cal_err rc)
{
	return rc == CAL_DENIED || rc == CAL_NOTFOUND || rc == CAL_INVALID ||
	    (rc == CAL_UPSTREAM && client_is_unusable(cal->api));
}

enum cal_err
organization_follow(const struct errand *e, const struct secret *token,
    struct grant *g, const char *user_id, bool *moved)
{
	struct calendly_user	 u;
	enum cal_err		 rc;

	*moved = false;
	if ((rc = user_me(errand_behalf(e), token, &u)) != CAL_OK)
		return is_untold(e->cal, rc) ? CAL_OK : rc;
	if (!id_same(e->mem, u.uri, g->user_uri)) {
		log_warn("calendly: user_me: grant %s: another user than the "
		    "one that connected: nothing is changed", g->id);
		return CAL_OK;
	}
	if (id_same(e->mem, u.organization, g->organization_uri))
		return CAL_OK;
	rc = organization_move(e, g, u.organization, user_id);
	if (rc != CAL_OK && rc != CAL_CONFLICT)
		return rc;
	g->organization_uri = u.organization;
	*moved = true;
	return CAL_OK;
}

/* The argument of look(). */
struct look {
	struct grant	 g;
	const char	*user_id;
};

static enum cal_err
look_at_organization(const struct errand *e, const struct secret *token,
    void *arg)
{
	struct look	*l = arg;
	bool		 moved;

	return organization_follow(e, token, &l->g, l->user_id, &moved);
}

void
organization_look(const struct errand *e, const struct grant *g,
    const char *user_id)
{
	const long	 left = errand_time_left(e, POLICY_VISIT_MS);
	struct look	 l = { .g = *g, .user_id = user_id };
	struct errand	 in_time;
	enum cal_err	 rc;

	if (left < 2)
		return;
	in_time = errand_within(e, left / 2 < LOOK_MS ? left / 2 : LOOK_MS);
	rc = token_use(&in_time, g->id, look_at_organization, &l);
	if (rc != CAL_OK)
		log_info("connection %s: whether the user has moved to "
		    "another organization is not known: %s",
		    g->connection_id, err_name(rc));
}

void
organization_mark(struct arena *mem, const struct grant *g, struct inventory *h)
{
	struct found	*f;
	const char	*in;
	size_t		 i;

	for (i = 0; i < h->nfound; i++) {
		f = &h->found[i];
		in = f->sub.organization;
		if (in == NULL && f->unlisted)
			in = f->ours->organization_uri;
		f->elsewhere = in != NULL &&
		    !id_same(mem, in, g->organization_uri);
	}
}
