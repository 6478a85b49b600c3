/*
 * recent: see recent.h.
 */
#include <stddef.h>
#include <stdlib.h>

#include "lib/clock.h"
#include "lib/recent.h"

void
recent_note(struct recent *r, const char *text, int64_t ms)
{
	const long long	 number = strtoll(text, NULL, 10);
	size_t		 i, at = 0;

	for (i = 0; i < RECENT_MAX && r->of[at].number != number; i++)
		if (r->of[i].number == number ||
		    r->of[i].until < r->of[at].until)
			at = i;
	r->of[at].number = number;
	r->of[at].until = clock_ms() + ms;
}

bool
recent_has(const struct recent *r, const char *text)
{
	const long long	 number = strtoll(text, NULL, 10);
	const int64_t	 now = clock_ms();
	size_t		 i;

	for (i = 0; i < RECENT_MAX; i++)
		if (r->of[i].number == number && r->of[i].until > now)
			return true;
	return false;
}
