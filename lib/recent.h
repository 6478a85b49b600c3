/*
 * recent: a small set of numbers, each of which is remembered for some time.
 * When the set is full, the number that would be forgotten first makes room.
 */
#ifndef LIB_RECENT_H
#define LIB_RECENT_H

#include <stdbool.h>
#include <stdint.h>

enum { RECENT_MAX = 64 };

/* A set in which all bytes are 0 is empty. */
struct recent {
	struct {
		long long	 number;	/* never 0 */
		int64_t		 until;		/* clock_ms() */
	} of[RECENT_MAX];
};

/* Remembers a number, given as decimal text, for "ms" milliseconds from now. */
void	recent_note(struct recent *, const char *number, int64_t ms);
/* Returns whether the number was noted and its time is not over. */
bool	recent_has(const struct recent *, const char *number);

#endif
