/*
 * choose: see choose.h.
 */
#include <string.h>
#include <strings.h>

#include "app/repo/subscription.h"
#include "app/service/calendly.h"
#include "app/service/choose.h"
#include "app/service/hooks.h"
#include "app/service/subscribe.h"
#include "app/settings.h"

static bool
has_word(const char *const *list, const char *word)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, word) == 0)
			return true;
	return false;
}

static bool
same_words(const char *const *a, const char *const *b)
{
	const char *const	*w;

	for (w = a; *w != NULL; w++)
		if (!has_word(b, *w))
			return false;
	for (w = b; *w != NULL; w++)
		if (!has_word(a, *w))
			return false;
	return true;
}

static bool
is_healthy(const struct calendly *cal, struct arena *mem,
    const struct found *f)
{
	const char	*last;

	if (f->ours == NULL || f->ours->subscription_id == NULL ||
	    strcmp(f->ours->endpoint_state, "live") != 0 ||
	    strcmp(f->sub.state, "active") != 0)
		return false;
	last = strrchr(f->sub.callback_url, '/') + 1;
	return strcmp(f->sub.callback_url, subscribe_url(cal, mem, last)) ==
	    0 && same_words(f->sub.events, cal->set->webhook_events);
}

const struct found *
choose(const struct calendly *cal, struct arena *mem, const struct hooks *h)
{
	const struct found	*best = NULL;
	size_t			 i;

	for (i = 0; i < h->nfound; i++) {
		if (!is_healthy(cal, mem, &h->found[i]))
			continue;
		if (strcmp(h->found[i].ours->state, "active") == 0)
			return &h->found[i];
		if (best == NULL)
			best = &h->found[i];
	}
	return best;
}

const char *
choose_trouble(const struct found *f)
{
	if (f->sub.state != NULL && strcasecmp(f->sub.state, "disabled") == 0)
		return CHOOSE_DISABLED;
	return f->sub.retry_started_at != NULL ? "retrying" : NULL;
}
