/*
 * recent: what was noted lately, for a while: numbers, each until its time is
 * over.  It holds so many; the one that ends first makes room for another.
 */
#ifndef LIB_RECENT_H
#define LIB_RECENT_H

#include <stdbool.h>
#include <stdint.h>

enum { RECENT_MAX = 64 };

/* All 0: nothing was noted. */
struct recent {
	struct {
		long long	 number;	/* never 0 */
		int64_t		 until;		/* clock_ms() */
	} of[RECENT_MAX];
};

/* From now on for so many ms; "number" is in decimals. */
void	recent_note(struct recent *, const char *number, int64_t ms);
/* Was it, and is its time not over? */
bool	recent_has(const struct recent *, const char *number);

#endif
