/*
 * damping: see damping.h.
 */
#include "app/repo/grant.h"
#include "app/repo/subscription.h"
#include "app/repo/tx.h"
#include "app/repo/upkeep.h"
#include "app/service/errand.h"
#include "app/service/service.h"
#include "app/service/subscription/choose.h"
#include "app/service/subscription/damping.h"
#include "app/service/subscription/inventory.h"
#include "app/service/subscription/unlisted.h"
#include "app/settings/settings.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/log.h"

enum { HOUR = 3600 };

/*
 * Seconds from the last try to the next, indexed by the number of tries so far;
 * the last value repeats.
 */
static const int PAUSES[] = { 0, 60, 600, HOUR, 6 * HOUR, 24 * HOUR };
enum { PAUSES_N = sizeof(PAUSES) / sizeof(PAUSES[0]) };

struct bytes
damping_wish(const struct service *cal, struct arena *mem,
    const struct grant *g)
{
	const char *const	*event = cal->set->webhook_events;
	const char		*text;

	text = arena_printf(mem, "%s\n%s", cal->set->backend_url,
	    g->organization_uri);
	for (; *event != NULL; event++)
		text = arena_printf(mem, "%s\n%s", text, *event);
	return crypto_hash_text(mem, text);
}

/*
 * The row that was made last for this wish, or NULL; rows are listed newest
 * first.
 */
static const struct known *
last_made(const struct inventory *h, struct bytes wish)
{
	int	 i;

	for (i = 0; i < h->nknown; i++)
		if (h->known[i].wish.n == wish.n &&
		    crypto_equal(h->known[i].wish.p, wish.p, wish.n))
			return &h->known[i];
	return NULL;
}

/*
 * What became of the subscription that was made last.  "certain" is set if
 * Calendly itself says that it is gone or disabled; the first replacement then
 * need not wait.
 */
static enum subscription_trouble
fate_of(const struct service *cal, struct arena *mem, const struct inventory *h,
    const struct known *made, bool *certain)
{
	enum subscription_trouble	 fault = SUBSCRIPTION_WELL;
	size_t				 i;

	for (i = 0; i < h->nfound && fault == SUBSCRIPTION_WELL; i++)
		if (h->found[i].ours == made && !h->found[i].removed)
			fault = choose_fault(cal, mem, &h->found[i]);
	*certain = h->ngone > 0 || fault == SUBSCRIPTION_WELL ||
	    fault == SUBSCRIPTION_DISABLED;
	return fault == SUBSCRIPTION_WELL ? SUBSCRIPTION_GONE : fault;
}

/*
 * Says whether it is open if the current subscription exists, because Calendly
 * neither confirms nor denies it.  Then no other is made, until that has lasted
 * for UNLISTED_MAX.
 */
static bool
is_unconfirmed(const struct inventory *h)
{
	size_t	 i;

	for (i = 0; i < h->nfound; i++)
		if (h->found[i].unknown && !h->found[i].elsewhere &&
		    h->found[i].ours->state == SUBSCRIPTION_ACTIVE &&
		    h->found[i].ours->missing_for < UNLISTED_MAX)
			return true;
	return false;
}

/*
 * Says whether it is unknown if Calendly made the subscription that was asked
 * for.
 */
static bool
is_unresolved(const struct known *made)
{
	return made->state == SUBSCRIPTION_CREATING && made->uri == NULL;
}

enum cal_err
damping_ask(const struct errand *e, const struct grant *g,
    const struct inventory *h, enum subscription_trouble *trouble,
    int *wait)
{
	const struct bytes	 wish = damping_wish(e->cal, e->mem, g);
	const struct known	*made = last_made(h, wish);
	struct subscription_tries	 tries;
	int64_t			 left;
	struct tx		 tx;
	enum cal_err		 rc;
	bool			 certain;

	*trouble = is_unconfirmed(h) ? SUBSCRIPTION_UNCONFIRMED :
	    SUBSCRIPTION_WELL;
	*wait = HOUR;
	if (*trouble != SUBSCRIPTION_WELL || made == NULL ||
	    is_unresolved(made))
		return CAL_OK;
	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = tx_end(&tx, subscription_tried(&tx, g->id, wish, &tries));
	if (rc != CAL_OK || tries.n == 0)
		return rc;
	*trouble = fate_of(e->cal, e->mem, h, made, &certain);
	if (certain)
		tries.n--;
	left = PAUSES[tries.n < PAUSES_N ? tries.n : PAUSES_N - 1] -
	    tries.age;
	if (left <= 0)
		*trouble = SUBSCRIPTION_WELL;
	*wait = (int)left;
	return CAL_OK;
}

enum cal_err
damping_note(const struct errand *e, const struct grant *g,
    enum subscription_trouble trouble)
{
	struct tx	 tx;
	enum cal_err	 rc;
	bool		 news;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = tx_end(&tx, subscription_set_trouble(&tx, g->id, trouble, &news));
	if (rc == CAL_OK && news && trouble != SUBSCRIPTION_WELL)
		log_warn("reconcile: grant %s: another subscription is "
		    "needed, but not made now: %s", g->id,
		    subscription_trouble_name(trouble));
	return rc;
}

enum cal_err
damping_clear(struct tx *tx, const struct grant *g, bool sound)
{
	enum cal_err	 rc;
	bool		 news;

	rc = subscription_set_trouble(tx, g->id, SUBSCRIPTION_WELL,
	    &news);
	if (rc != CAL_OK || !sound)
		return rc;
	return subscription_mark_sound(tx, g->id);
}
