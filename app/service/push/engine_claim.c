/*
 * engine_claim: see engine_own.h.
 */
#include <string.h>

#include "app/repo/push.h"
#include "app/service/keys/clone_guard.h"
#include "app/service/push/engine_own.h"
#include "app/service/service.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"

enum {
	CLAIM_LEAST = 8,	/* destinations by one statement, at first */
	CLAIM_MOST = 100,
	CLAIM_MORE_MS = 50,	/* until the next look if there may be more */
	ASK_MS = 5 * 1000,	/* until the clone guard is asked again */
	ASK_SHUT_MS = 1000,
};

/*
 * While the clone guard is shut nothing is pushed: the original does that.  It
 * is asked only when there may be something to push.
 */
bool
engine_may_push(struct engine *e)
{
	const char	*why;

	if (clock_ms() < e->ask_at)
		return !e->shut;
	why = clone_guard_shut(e->cal, e->mem);
	if (why != NULL && !e->shut)
		log_warn("push: nothing is pushed: %s", why);
	e->shut = why != NULL;
	e->ask_at = clock_ms() + (e->shut ? ASK_SHUT_MS : ASK_MS);
	return !e->shut;
}

static void
add_claimed(struct engine *e, const struct push_target *p)
{
	struct target	*t;

	/* A claim that ended unnoticed, and what is still in flight by it. */
	for (t = e->targets; t != NULL; t = t->next)
		if (strcmp(t->id, p->id) == 0)
			t->abandoned = t->lost = true;
	t = target_new(e->cal, p);
	t->next = e->targets;
	e->targets = t;
	if (t->unfit != NULL)
		engine_settle_unfit(e, t);
}

/*
 * A pusher that has few destinations claims few at a time, so that those that
 * wake up together are shared by all pushers and not taken by the first.
 */
static int
claim_most(const struct engine *e)
{
	const struct target	*t;
	int			 n = CLAIM_LEAST;

	for (t = e->targets; t != NULL; t = t->next)
		n++;
	return n < CLAIM_MOST ? n : CLAIM_MOST;
}

void
engine_claim(struct engine *e)
{
	struct push_target	*list;
	int			 i, n, most;

	if (clock_ms() < e->claim_at)
		return;
	e->claim_at = clock_ms() + ENGINE_LOOK_MS;
	if (e->in_flight >= e->most || !engine_may_push(e))
		return;
	most = claim_most(e);
	if (push_claim(e->cal->db, e->mem, e->cal->owner, ENGINE_CLAIM_SECONDS,
	    most, &list, &n) != CAL_OK)
		return;
	/* Nothing may ever be taken for those that are claimed. */
	if (n > 0)
		e->db_ahead = list[0].now - clock_ms();
	for (i = 0; i < n; i++)
		add_claimed(e, &list[i]);
	if (n == most)
		e->claim_at = clock_ms() + CLAIM_MORE_MS;
}
