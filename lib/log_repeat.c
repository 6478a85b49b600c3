/*
 * log_repeat: see log_repeat.h.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/log_repeat.h"

enum {
	PLACES = 64,		/* messages that are counted at the same time */
	SAID_MOST = 20,
	WINDOW_MS = 10 * 1000,
};

static struct place {
	const char		*fmt;	/* NULL: free */
	int64_t			 since;
	int			 said;
	struct log_repeat	 held;
} places[PLACES];

static bool
is_over(const struct place *p, int64_t now_ms)
{
	return now_ms - p->since >= WINDOW_MS;
}

/*
 * Returns the message's own place, else one that is free or whose time is over;
 * NULL if there is none.
 */
static struct place *
place_of(const char *fmt, int64_t now_ms)
{
	struct place	*spare = NULL, *p;

	for (p = places; p < places + PLACES; p++) {
		if (p->fmt == fmt)
			return p;
		if (spare == NULL && (p->fmt == NULL ||
		    (is_over(p, now_ms) && p->held.n == 0)))
			spare = p;
	}
	if (spare != NULL)
		*spare = (struct place){ .fmt = fmt, .since = now_ms };
	return spare;
}

bool
log_repeat_say(const char *fmt, const char *msg, int level, int64_t now_ms)
{
	struct place	*p = place_of(fmt, now_ms);

	if (p == NULL)
		return true;
	if (is_over(p, now_ms)) {
		p->since = now_ms;
		p->said = 0;
	}
	if (p->said < SAID_MOST) {
		p->said++;
		return true;
	}
	p->held.n++;
	p->held.level = level;
	(void)snprintf(p->held.last, sizeof(p->held.last), "%s", msg);
	return false;
}

bool
log_repeat_told(int64_t now_ms, bool all, struct log_repeat *out)
{
	struct place	*p;

	for (p = places; p < places + PLACES; p++) {
		if (p->held.n == 0 || (!all && !is_over(p, now_ms)))
			continue;
		*out = p->held;
		p->held.n = 0;
		return true;
	}
	return false;
}

void
log_repeat_forget(void)
{
	memset(places, 0, sizeof(places));
}

int
log_repeat_due(int64_t now_ms)
{
	const struct place	*p;
	int64_t			 left, least = -1;

	for (p = places; p < places + PLACES; p++) {
		if (p->held.n == 0)
			continue;
		left = p->since + WINDOW_MS - now_ms;
		if (left < 0)
			left = 0;
		if (least == -1 || left < least)
			least = left;
	}
	return (int)least;
}
