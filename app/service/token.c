/*
 * token: see token.h.  What happens with the outcome of a refresh is in
 * refresh.c.
 */
#include <poll.h>
#include <string.h>

#include "app/calendly/oauth.h"
#include "app/repo/grant.h"
#include "app/repo/tenant.h"
#include "app/service/calendly.h"
#include "app/service/refresh.h"
#include "app/service/token.h"
#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/keyring.h"
#include "lib/log.h"

enum {
	MARGIN = 60,			/* s that a token must still live */
	WAIT_MS = 25 * 1000,		/* for somebody else's refresh */
	LOOK_MS = 100,
};

static struct seal_place
place(const char *grant_id, const char *column, int64_t generation)
{
	return (struct seal_place){
		.table = "grants",
		.row = grant_id,
		.column = column,
		.generation = generation,
	};
}

void
token_seal(struct calendly *cal, struct arena *mem, const char *grant_id,
    int64_t generation, const struct token_pair *pair,
    struct sealed_pair *out)
{
	const struct seal_place	 a = place(grant_id, "access_sealed",
	    generation);
	const struct seal_place	 r = place(grant_id, "refresh_sealed",
	    generation);

	*out = (struct sealed_pair){
		.access = keyring_seal(cal->keys, mem, &a, pair->access),
		.refresh = keyring_seal(cal->keys, mem, &r, pair->refresh),
		.expires_in = pair->expires_in,
		.scopes = pair->scopes,
	};
}

enum cal_err
token_unseal(struct calendly *cal, struct arena *mem, const struct grant *g,
    const char *column, struct bytes sealed, struct secret **out)
{
	const struct seal_place	 p = place(g->id, column, g->generation);
	enum cal_err		 rc;

	*out = NULL;
	rc = keyring_unseal(cal->keys, mem, &p, sealed, out);
	if (rc == CAL_OK)
		return CAL_OK;
	log_warn("keyring: grants.%s of %s: %s", column, g->id,
	    rc == CAL_NOTFOUND ? "sealed with a key that the keyring does not "
	    "hold: restore the keyring, or let the user reconnect" :
	    "does not open: it was damaged or moved");
	return CAL_INTERNAL;
}

enum cal_err
token_both(struct calendly *cal, struct arena *mem, const struct grant *g,
    struct secret **access, struct secret **refresh)
{
	enum cal_err	 rc = CAL_OK;

	*access = *refresh = NULL;
	if (g->access_sealed.p != NULL)
		rc = token_unseal(cal, mem, g, "access_sealed",
		    g->access_sealed, access);
	if (rc == CAL_OK && g->refresh_sealed.p != NULL)
		rc = token_unseal(cal, mem, g, "refresh_sealed",
		    g->refresh_sealed, refresh);
	return rc;
}

static enum cal_err
load(struct calendly *cal, struct arena *mem, const char *id, struct grant *g)
{
	enum cal_err	 rc;

	if ((rc = tenant_begin(cal->db, mem, cal->tenant_id)) != CAL_OK)
		return rc;
	return tenant_end(cal->db, grant_load(cal->db, mem, id, g));
}

static bool
usable(const struct grant *g, int64_t above, int64_t margin)
{
	return g->access_sealed.p != NULL && g->generation > above &&
	    g->access_seconds > margin;
}

static enum cal_err
hand_out(struct calendly *cal, struct arena *mem, const struct grant *g,
    struct secret **token, int64_t *generation)
{
	*generation = g->generation;
	return token_unseal(cal, mem, g, "access_sealed", g->access_sealed,
	    token);
}

/*
 * One look at the grant: done (CAL_OK), hopeless, or CAL_CONFLICT: somebody
 * else is refreshing, look again.
 */
static enum cal_err
try_once(struct calendly *cal, struct arena *mem, const char *grant_id,
    int64_t above, struct secret **token, int64_t *generation)
{
	struct grant	 g;
	enum cal_err	 rc;

	if ((rc = load(cal, mem, grant_id, &g)) != CAL_OK)
		return rc;
	if (usable(&g, above, MARGIN))
		return hand_out(cal, mem, &g, token, generation);
	if (g.refresh_sealed.p == NULL || strcmp(g.status, "erased") == 0 ||
	    strcmp(g.status, "needs_reauth") == 0)
		return CAL_DENIED;
	if (!g.refreshing && g.not_before_ms == 0) {
		rc = refresh_run(cal, mem, &g);
		/* The new generation is handed out by the next look. */
		if (rc == CAL_OK)
			return CAL_CONFLICT;
	} else
		rc = g.refreshing ? CAL_CONFLICT : CAL_UNAVAILABLE;
	/* A refresh that failed early is no outage: the old one still
	 * serves to its end. */
	if (rc != CAL_DENIED && usable(&g, above, 0))
		return hand_out(cal, mem, &g, token, generation);
	return rc;
}

enum cal_err
token_fresh(struct calendly *cal, struct arena *mem, const char *grant_id,
    int64_t above, struct secret **token, int64_t *generation)
{
	int64_t		 until = clock_ms() + WAIT_MS;
	enum cal_err	 rc;

	do {
		rc = try_once(cal, mem, grant_id, above, token, generation);
		if (rc != CAL_CONFLICT)
			return rc;
		(void)poll(NULL, 0, LOOK_MS);
	} while (clock_ms() < until);
	return CAL_UNAVAILABLE;
}
