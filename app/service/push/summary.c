/*
 * summary: see summary.h.
 */
#include <inttypes.h>
#include <stddef.h>

#include "app/repo/destination.h"
#include "app/service/push/summary.h"
#include "lib/arena.h"

/* How the last tries went, in words. */
static const char *
tries_words(struct arena *mem, const struct destination *d)
{
	if (d->failures == 0 && d->success_at == NULL)
		return "Nothing was sent yet.";
	if (d->failures == 0)
		return arena_printf(mem, "It answers. The last push was "
		    "delivered at %s.", d->success_at);
	if (d->failures == 1)
		return arena_printf(mem, "The last try failed, at %s.",
		    d->failure_at);
	return arena_printf(mem, "The last %" PRId64 " tries failed, since "
	    "%s.", d->failures, d->failing_since);
}

static const char *
pause_words(enum destination_reason reason)
{
	switch (reason) {
	case DESTINATION_GONE:
		return " It is paused, because it answered 410. Resume it "
		    "when it takes pushes again.";
	case DESTINATION_KEY_LOST:
		return " It is paused, because the key that sealed its secret "
		    "or its headers was lost. Rotate the secret and set the "
		    "headers, then resume it.";
	default:
		return " It is paused, and keeps its place in the feed.";
	}
}

/* What happens next, in words. */
static const char *
next_words(struct arena *mem, const struct destination *d)
{
	switch (d->state) {
	case DESTINATION_PAUSED:
		return pause_words(d->reason);
	case DESTINATION_DISABLED:
		return " It is disabled, because it failed for 5 days. Resume "
		    "it when it is mended: it keeps its place in the feed.";
	default:
		break;
	}
	if (d->is_open)
		return d->not_before == NULL ? " While that is so, only one "
		    "push is tried at a time." : arena_printf(mem, " While "
		    "that is so, only one push is tried at a time, next at "
		    "%s.", d->not_before);
	return d->not_before == NULL ? "" : arena_printf(mem, " It asked for "
	    "a pause until %s.", d->not_before);
}

const char *
destination_summary(struct arena *mem, const struct destination *d)
{
	return arena_printf(mem, "%s%s", tries_words(mem, d),
	    next_words(mem, d));
}
