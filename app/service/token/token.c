/*
 * token: see token.h.  The outcomes of a refresh are dealt with in refresh.c.
 */
#include <string.h>

#include "app/calendly/client.h"
#include "app/repo/grant.h"
#include "app/service/errand.h"
#include "app/service/keys/seal.h"
#include "app/service/token/refresh.h"
#include "app/service/token/token.h"
#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/task.h"

enum {
	MARGIN = 60,			/* seconds for which a token
					 * must still be valid */
	WAIT_MS = CLIENT_TOKEN_MS + 2000,	/* how long another process's
						 * refresh is waited for */
	LOOK_MS = 100,
};

/*
 * Seconds for which a token must still be valid to be used without a refresh.
 * A token with a short life is used until its last quarter; else it would be
 * refreshed all the time.
 */
static int64_t
token_margin(const struct grant *g)
{
	const int64_t	 quarter = g->access_life / 4;

	return g->access_life > 0 && quarter < MARGIN ? quarter : MARGIN;
}

static bool
is_usable(const struct grant *g, int64_t above, int64_t seconds)
{
	return g->access_sealed.p != NULL && g->generation > above &&
	    g->access_seconds > seconds;
}

static bool
is_dead(const struct grant *g)
{
	return g->refresh_sealed.p == NULL ||
	    g->status == GRANT_ERASED || g->status == GRANT_NEEDS_REAUTH;
}

/*
 * Looks once at the grant, and refreshes it if need be and allowed.  CAL_OK:
 * "g" holds a token that can be used.  CAL_DENIED: the grant is dead.
 * CAL_CONFLICT: another process is refreshing, or a refresh is needed but not
 * allowed here.  Other values: not now.
 */
static enum cal_err
look_at_token(const struct errand *e, const char *grant_id, int64_t above,
    bool may_refresh, struct grant *g)
{
	enum cal_err	 rc;

	rc = errand_grant(e, grant_id, g);
	if (rc != CAL_OK || is_usable(g, above, token_margin(g)))
		return rc;
	if (is_dead(g))
		return CAL_DENIED;
	if (g->refreshing)
		return CAL_CONFLICT;
	if (g->not_before_ms != 0)
		return CAL_UNAVAILABLE;
	if (!may_refresh)
		return CAL_CONFLICT;
	if ((rc = refresh_run(e, g)) != CAL_OK)
		return rc;
	/* A token that was just received is used, however short its life is. */
	rc = errand_grant(e, grant_id, g);
	return rc == CAL_OK && g->access_sealed.p == NULL ? CAL_DENIED : rc;
}

/*
 * Says whether the old token can be used although a refresh that came before
 * its expiry has failed.
 */
static bool
old_serves(enum cal_err rc, const struct grant *g, int64_t above)
{
	return (rc == CAL_CONFLICT || rc == CAL_UNAVAILABLE ||
	    rc == CAL_UPSTREAM) && is_usable(g, above, 0);
}

enum cal_err
token_fresh(const struct errand *e, const char *grant_id, int64_t above,
    struct secret **token, int64_t *generation)
{
	int64_t		 until = clock_ms() + errand_time_left(e, WAIT_MS);
	struct grant	 g;
	enum cal_err	 rc;

	for (;;) {
		memset(&g, 0, sizeof(g));
		rc = look_at_token(e, grant_id, above, true, &g);
		if (rc == CAL_OK || old_serves(rc, &g, above)) {
			*generation = g.generation;
			return unseal_access(e->cal, e->mem, &g, token);
		}
		if (rc != CAL_CONFLICT)
			return rc;
		if (clock_ms() >= until)
			return CAL_UNAVAILABLE;
		task_sleep(LOOK_MS);
	}
}

/* Says whether the refresh that is under way has taken longer than "ms". */
static bool
takes_long(const struct grant *g, int64_t ms)
{
	if (ms == TOKEN_NO_PLACE)
		return false;
	return ms <= 0 || (g->refreshing &&
	    REFRESH_LEASE * 1000 - g->refresh_left_ms > ms);
}

enum cal_err
token_look(const struct errand *e, const char *grant_id, int64_t patience_ms,
    struct secret **token, const char **expires_at)
{
	struct grant	 g = { .generation = 0 };
	enum cal_err	 rc;

	rc = look_at_token(e, grant_id, 0, patience_ms >= 0, &g);
	if (rc == CAL_CONFLICT && !takes_long(&g, patience_ms))
		return rc;
	if (rc != CAL_OK && !old_serves(rc, &g, 0))
		return rc == CAL_CONFLICT ? CAL_UNAVAILABLE : rc;
	*expires_at = g.access_expires_at;
	return unseal_access(e->cal, e->mem, &g, token);
}

enum cal_err
token_use(const struct errand *e, const char *grant_id, token_deed *deed,
    void *arg)
{
	struct secret	*token;
	int64_t		 generation = 0;
	enum cal_err	 rc = CAL_UNAUTHORIZED;
	int		 i;

	for (i = 0; i < 2 && rc == CAL_UNAUTHORIZED; i++) {
		rc = token_fresh(e, grant_id, generation, &token, &generation);
		if (rc != CAL_OK)
			return rc;
		rc = deed(e, token, arg);
	}
	/*
	 * Only a refresh can tell that the grant is dead.  When Calendly
	 * forbids just the deed, the caller must not take the grant for dead.
	 */
	return rc == CAL_DENIED ? CAL_UPSTREAM : rc;
}
