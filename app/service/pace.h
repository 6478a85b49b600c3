/*
 * pace: how many calls to make at the same time.
 *
 * Calls that take long must overlap if a minute's calls are to fit into a
 * minute.  More than that would only use the budget up sooner.
 */
#ifndef APP_SERVICE_PACE_H
#define APP_SERVICE_PACE_H

#include <stdint.h>

enum {
	PACE_LEAST = 4,
	PACE_MOST = 12,
};

/* Calls that were answered, how long they took, and what was said. */
struct pace {
	int64_t		 calls;
	int64_t		 ms;		/* of all of them together */
	long		 limit;		/* calls a minute; 0: not said */
};

/* Notes a call; "limit" is 0 or less where the answer did not say it. */
void	pace_note(struct pace *, long ms, long limit);
/* Adds the calls of a part of the work. */
void	pace_add(struct pace *, const struct pace *part);
/*
 * How many calls at the same time use up what background work may have of the
 * limit, from PACE_LEAST to PACE_MOST; "now" if there were no calls.
 */
int	pace_next(const struct pace *, int now);

#endif
