/*
 * limit: see limit.h.
 */
#include <stddef.h>

#include "app/calendly/limit.h"
#include "lib/http.h"
#include "lib/http_after.h"

_Static_assert((int)LIMIT_UNSAID == (int)HTTP_UNSAID, "what is not said");

enum {
	PAUSE_UNSAID = 10,	/* seconds after a 429 that
				 * does not say how long */
	PAUSE_MAX = 120,	/* seconds; the limit is per minute */
	RESET_MAX = 3600,	/* seconds; more is not believed */
};

static long
pause_of(const struct http_reply *r, const struct limit_said *l)
{
	long	 s = l->reset;

	if (r->status == 429) {
		s = http_retry_after(r);
		if (s == LIMIT_UNSAID)
			s = l->reset;
		if (s == LIMIT_UNSAID)
			s = PAUSE_UNSAID;
	} else if (l->left != 0 || s == LIMIT_UNSAID)
		return 0;
	return s < 1 ? 1 : s > PAUSE_MAX ? PAUSE_MAX : s;
}

void
limit_read(const struct http_reply *r, struct limit_said *l)
{
	l->calls = http_seconds(http_header(r, "x-ratelimit-limit"));
	if (l->calls == 0)
		l->calls = LIMIT_UNSAID;
	l->left = http_seconds(http_header(r, "x-ratelimit-remaining"));
	l->reset = http_seconds(http_header(r, "x-ratelimit-reset"));
	if (l->reset > RESET_MAX)
		l->reset = LIMIT_UNSAID;
	l->pause = pause_of(r, l);
}
