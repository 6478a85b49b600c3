/*
 * damping: see damping.h.
 */
#include <string.h>

#include "app/repo/grant.h"
#include "app/repo/subscription.h"
#include "app/repo/tx.h"
#include "app/repo/upkeep.h"
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

/* s from the last try to the next, by the tries so far; the last repeats. */
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

/* The one made last for this wish, or NULL. */
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
 * What became of it.  "certain": Calendly itself says that it is of no more
 * use, so that a first repair need not wait.
 */
static const char *
fate_of(const struct service *cal, struct arena *mem, const struct inventory *h,
    const struct known *made, bool *certain)
{
	const char	*fault = NULL;
	size_t		 i;

	for (i = 0; i < h->nfound && fault == NULL; i++)
		if (h->found[i].ours == made && !h->found[i].removed)
			fault = choose_fault(cal, mem, &h->found[i]);
	*certain = h->ngone > 0 || fault == NULL ||
	    strcmp(fault, "disabled") == 0;
	return fault == NULL ? "gone" : fault;
}

/*
 * Calendly will not say whether the one that counts is there.  That is waited
 * for, but not for ever.
 */
static bool
is_unconfirmed(const struct inventory *h)
{
	size_t	 i;

	for (i = 0; i < h->nfound; i++)
		if (h->found[i].unknown && !h->found[i].elsewhere &&
		    strcmp(h->found[i].ours->state, "active") == 0 &&
		    h->found[i].ours->missing_for < UNLISTED_MAX)
			return true;
	return false;
}

/* Whether one that was asked for came into being is not known. */
static bool
is_unresolved(const struct known *made)
{
	return strcmp(made->state, "creating") == 0 && made->uri == NULL;
}

enum cal_err
damping_ask(struct service *cal, struct arena *mem, const struct grant *g,
    const struct inventory *h, const char **trouble, int *wait)
{
	const struct bytes	 wish = damping_wish(cal, mem, g);
	const struct known	*made = last_made(h, wish);
	int64_t			 n, age, left;
	struct tx		 tx;
	enum cal_err		 rc;
	bool			 certain;

	*trouble = is_unconfirmed(h) ? "unconfirmed" : NULL;
	*wait = HOUR;
	if (*trouble != NULL || made == NULL || is_unresolved(made))
		return CAL_OK;
	if ((rc = tx_begin(&tx, cal->db, mem, cal->tenant_id)) != CAL_OK)
		return rc;
	rc = tx_end(&tx, subscription_tried(&tx, g->id, wish, &n, &age));
	if (rc != CAL_OK || n == 0)
		return rc;
	*trouble = fate_of(cal, mem, h, made, &certain);
	if (certain)
		n--;
	left = PAUSES[n < PAUSES_N ? n : PAUSES_N - 1] - age;
	if (left <= 0)
		*trouble = NULL;
	*wait = (int)left;
	return CAL_OK;
}

enum cal_err
damping_note(struct service *cal, struct arena *mem, const struct grant *g,
    const char *trouble)
{
	struct tx	 tx;
	enum cal_err	 rc;
	bool		 news;

	if ((rc = tx_begin(&tx, cal->db, mem, cal->tenant_id)) != CAL_OK)
		return rc;
	rc = tx_end(&tx, subscription_set_trouble(&tx, g->id, trouble, &news));
	if (rc == CAL_OK && news && trouble != NULL)
		log_warn("reconcile: grant %s: another subscription is "
		    "needed, but not made now: %s", g->id, trouble);
	return rc;
}

enum cal_err
damping_clear(struct tx *tx, const struct grant *g, bool sound)
{
	enum cal_err	 rc;
	bool		 news;

	rc = subscription_set_trouble(tx, g->id, NULL, &news);
	if (rc != CAL_OK || !sound)
		return rc;
	return subscription_mark_sound(tx, g->id);
}
