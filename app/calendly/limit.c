/*
 * limit: see limit.h.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "app/calendly/limit.h"
#include "lib/http.h"

enum {
	PAUSE_UNSAID = 10,	/* seconds after a 429 that
				 * does not say how long */
	PAUSE_MAX = 120,	/* seconds; the limit is per minute */
};

/*
 * The value of a header of whole seconds, at most PAUSE_MAX; "unsaid" if there
 * is no such header, or it holds something else.
 */
static long
seconds_in_header(const struct http_reply *r, const char *name, long unsaid)
{
	const char	*s = http_header(r, name);
	char		*end;
	long		 n;

	if (s == NULL || !isdigit((unsigned char)*s))
		return unsaid;
	n = strtol(s, &end, 10);
	if (*end != '\0')
		return unsaid;
	return n > PAUSE_MAX ? PAUSE_MAX : n;
}

long
limit_pause(const struct http_reply *r)
{
	const char	*left = http_header(r, "x-ratelimit-remaining");

	if (r->status == 429)
		return seconds_in_header(r, "retry-after",
		    seconds_in_header(r, "x-ratelimit-reset", PAUSE_UNSAID));
	if (left != NULL && strcmp(left, "0") == 0)
		return seconds_in_header(r, "x-ratelimit-reset", 0);
	return 0;
}
