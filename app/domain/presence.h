/*
 * presence: whether a thing of Calendly's is still there.
 *
 * Sightings come in any order.  So two times are kept, the latest at which it
 * was seen and the latest at which Calendly said that it has no such thing, and
 * the later one counts.  Both are in the form of when_read() (lib/when.h).
 */
#ifndef APP_DOMAIN_PRESENCE_H
#define APP_DOMAIN_PRESENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct presence {
	const char	*seen_at;	/* NULL: never seen */
	const char	*gone_at;	/* NULL: never said to be gone */
};

static inline bool
presence_is_gone(const struct presence *p)
{
	return p->gone_at != NULL && (p->seen_at == NULL ||
	    strcmp(p->seen_at, p->gone_at) <= 0);
}

/* Moves a time on; returns whether "at", which may be NULL, is later. */
static inline bool
presence_move(const char **time, const char *at)
{
	if (at == NULL || (*time != NULL && strcmp(at, *time) <= 0))
		return false;
	*time = at;
	return true;
}

#endif
