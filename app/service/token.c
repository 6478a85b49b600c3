/*
 * token: see token.h.  What happens with the outcome of a refresh is in
 * refresh.c.
 */
#include <poll.h>
#include <string.h>

#include "app/calendly/client.h"
#include "app/repo/grant.h"
#include "app/service/brief.h"
#include "app/service/calendly.h"
#include "app/service/refresh.h"
#include "app/service/seal.h"
#include "app/service/token.h"
#include "lib/arena.h"
#include "lib/clock.h"

enum {
	MARGIN = 60,			/* s that a token must still live */
	WAIT_MS = CLIENT_TOKEN_MS + 2000,	/* for another's refresh */
	LOOK_MS = 100,
};

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
	return unseal_access(cal, mem, g, token);
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

	rc = brief_grant(cal, mem, cal->tenant_id, grant_id, &g);
	if (rc != CAL_OK)
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
	int64_t		 until = clock_ms() + client_time_left(cal->api,
	    WAIT_MS);
	enum cal_err	 rc;

	do {
		rc = try_once(cal, mem, grant_id, above, token, generation);
		if (rc != CAL_CONFLICT)
			return rc;
		(void)poll(NULL, 0, LOOK_MS);
	} while (clock_ms() < until);
	return CAL_UNAVAILABLE;
}

enum cal_err
token_use(struct calendly *cal, struct arena *mem, const char *grant_id,
    token_deed *deed, void *arg)
{
	struct secret	*token;
	int64_t		 generation = 0;
	enum cal_err	 rc = CAL_UNAUTHORIZED;
	int		 i;

	for (i = 0; i < 2 && rc == CAL_UNAUTHORIZED; i++) {
		rc = token_fresh(cal, mem, grant_id, generation, &token,
		    &generation);
		if (rc != CAL_OK)
			return rc;
		rc = deed(cal, mem, token, arg);
	}
	/* Only a refresh can tell that a grant is dead: what is refused for
	 * its own sake does not. */
	return rc == CAL_DENIED ? CAL_UPSTREAM : rc;
}
