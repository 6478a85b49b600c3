/*
 * limit: see limit.h.
 */
#include <stddef.h>
#include <string.h>
#include <time.h>

#include "app/calendly/limit.h"
#include "lib/http.h"

enum {
	DIGITS_MAX = 7,		/* of a number; a longer one is something else,
				 * such as a point in time */
	PAUSE_UNSAID = 10,	/* seconds after a 429 that
				 * does not say how long */
	PAUSE_MAX = 120,	/* seconds; the limit is per minute */
	RESET_MAX = 3600,	/* seconds; more is not believed */
};

/*
 * Reads a number, with or without a fraction, which is rounded up.  Returns
 * LIMIT_UNSAID for anything else, and for NULL.
 */
static long
number_in(const char *s)
{
	const size_t	 whole = s == NULL ? 0 : strspn(s, "0123456789");
	size_t		 i, fraction = 0;
	long		 n = 0;

	if (whole == 0 || whole > DIGITS_MAX)
		return LIMIT_UNSAID;
	for (i = 0; i < whole; i++)
		n = n * 10 + (s[i] - '0');
	if (s[whole] == '.')
		fraction = 1 + strspn(s + whole + 1, "0123456789");
	if (s[whole + fraction] != '\0' || fraction == 1)
		return LIMIT_UNSAID;
	return strspn(s + whole, ".0") < fraction ? n + 1 : n;
}

/* Reads one of the three forms of a date in HTTP (RFC 9110, 5.6.7). */
static time_t
http_date(const char *s)
{
	static const char *const	forms[] = {
		"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT",
		"%a %b %d %H:%M:%S %Y",
	};
	struct tm			 tm;
	const char			*end;
	size_t				 i;

	for (i = 0; s != NULL && i < sizeof(forms) / sizeof(*forms); i++) {
		memset(&tm, 0, sizeof(tm));
		end = strptime(s, forms[i], &tm);
		if (end != NULL && *end == '\0')
			return timegm(&tm);
	}
	return -1;
}

/*
 * The seconds in Retry-After.  A date is compared with the reply's own, so that
 * it does not matter if our clock is wrong.
 */
static long
retry_after(const struct http_reply *r)
{
	const char	*s = http_header(r, "retry-after");
	const long	 seconds = number_in(s);
	const time_t	 then = http_date(s), sent = http_date(
	    http_header(r, "date"));
	time_t		 now;

	if (seconds != LIMIT_UNSAID || then == -1)
		return seconds;
	now = sent == -1 ? time(NULL) : sent;
	return then <= now ? 0 : then - now > PAUSE_MAX ? PAUSE_MAX :
	    (long)(then - now);
}

static long
pause_of(const struct http_reply *r, const struct limit_said *l)
{
	long	 s = l->reset;

	if (r->status == 429) {
		s = retry_after(r);
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
	l->calls = number_in(http_header(r, "x-ratelimit-limit"));
	if (l->calls == 0)
		l->calls = LIMIT_UNSAID;
	l->left = number_in(http_header(r, "x-ratelimit-remaining"));
	l->reset = number_in(http_header(r, "x-ratelimit-reset"));
	if (l->reset > RESET_MAX)
		l->reset = LIMIT_UNSAID;
	l->pause = pause_of(r, l);
}
