/*
 * pace: see pace.h.
 */
#include "app/service/pace.h"

enum {
	MINUTE_MS = 60 * 1000,
	/*
	 * Of the limit in percent: background work may have nine tenths of it;
	 * but between two calls time is lost, and at the end of each step some
	 * wait for the last one.
	 */
	SHARE = 135,
};

void
pace_note(struct pace *p, long ms, long limit)
{
	p->calls++;
	p->ms += ms;
	if (limit > 0)
		p->limit = limit;
}

void
pace_add(struct pace *p, const struct pace *part)
{
	p->calls += part->calls;
	p->ms += part->ms;
	if (part->limit > 0)
		p->limit = part->limit;
}

int
pace_next(const struct pace *p, int now)
{
	double	 at_once;

	if (p->calls == 0)
		return now;
	at_once = (double)p->limit * SHARE / 100 *
	    ((double)p->ms / (double)p->calls) / MINUTE_MS;
	if (at_once <= PACE_LEAST)
		return PACE_LEAST;
	return at_once >= PACE_MOST ? PACE_MOST : (int)(at_once + 0.5);
}
