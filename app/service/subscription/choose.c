/*
 * choose: see choose.h.
 */
#include <string.h>

#include "app/calendly/callback.h"
#include "app/repo/subscription.h"
#include "app/service/service.h"
#include "app/service/subscription/choose.h"
#include "app/service/subscription/inventory.h"
#include "app/settings/settings.h"
#include "lib/crypto.h"
#include "lib/words.h"

static bool
same_words(const char *const *a, const char *const *b)
{
	const char *const	*w;

	for (w = a; *w != NULL; w++)
		if (!words_have(b, *w))
			return false;
	for (w = b; *w != NULL; w++)
		if (!words_have(a, *w))
			return false;
	return true;
}

/*
 * Says whether the URL is as we would write it today, or as Calendly spelled it
 * when it made the subscription (in its 201).
 */
static bool
is_right_url(const struct service *cal, struct arena *mem,
    const struct found *f)
{
	const char	*url = f->sub.callback_url;
	struct bytes	 spelled;

	if (url == NULL || callback_same(mem, url, callback_url(mem,
	    cal->set->backend_url, callback_last(mem, url))))
		return true;
	spelled = inventory_callback_hash(cal, mem, url);
	return f->ours->callback_hash.n == spelled.n &&
	    crypto_equal(f->ours->callback_hash.p, spelled.p, spelled.n);
}

enum subscription_trouble
choose_fault(const struct service *cal, struct arena *mem,
    const struct found *f)
{
	if (f->unknown)
		return SUBSCRIPTION_UNCONFIRMED;
	if (choose_is_disabled(f))
		return SUBSCRIPTION_DISABLED;
	if (f->elsewhere)
		return SUBSCRIPTION_OTHER_ORGANIZATION;
	if (!is_right_url(cal, mem, f))
		return SUBSCRIPTION_OTHER_URL;
	if (f->sub.events != NULL &&
	    !same_words(f->sub.events, cal->set->webhook_events))
		return SUBSCRIPTION_OTHER_EVENTS;
	return SUBSCRIPTION_WELL;
}

bool
choose_is_disabled(const struct found *f)
{
	return f->sub.state != NULL && strcmp(f->sub.state, "disabled") == 0;
}

bool
choose_is_alive(const struct found *f)
{
	return f->ours != NULL && !f->removed && !f->elsewhere &&
	    !choose_is_disabled(f) &&
	    f->ours->endpoint_state != ENDPOINT_RETIRED;
}

bool
choose_is_sound(const struct found *f)
{
	return f->sub.state != NULL && strcmp(f->sub.state, "active") == 0 &&
	    f->sub.callback_url != NULL && f->sub.events != NULL;
}

/*
 * Ranks rows: first the current subscription, then others whose endpoint is
 * live, then one that was reported gone but is there after all.  0: not to be
 * relied upon.
 */
static int
preference_of(const struct known *k)
{
	if (k->subscription_id == NULL)
		return 0;
	if (k->endpoint_state == ENDPOINT_LIVE)
		return k->state == SUBSCRIPTION_ACTIVE ? 3 : 2;
	return k->endpoint_state == ENDPOINT_DRAINING &&
	    k->state == SUBSCRIPTION_DELETED ? 1 : 0;
}

const struct found *
choose(const struct service *cal, struct arena *mem, const struct inventory *h)
{
	const struct found	*best = NULL, *f;
	size_t			 i;

	for (i = 0; i < h->nfound; i++) {
		f = &h->found[i];
		if (f->ours == NULL || f->removed ||
		    preference_of(f->ours) == 0 ||
		    choose_fault(cal, mem, f) != SUBSCRIPTION_WELL)
			continue;
		if (best == NULL ||
		    preference_of(f->ours) > preference_of(best->ours))
			best = f;
	}
	return best;
}

enum webhook_failure
choose_failure(const struct found *f)
{
	if (choose_is_disabled(f))
		return FAILURE_DISABLED;
	return f->sub.retry_started_at != NULL ? FAILURE_RETRYING :
	    FAILURE_NONE;
}
