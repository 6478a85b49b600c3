/*
 * http_after: see http_after.h.
 */
#include <stddef.h>
#include <string.h>
#include <time.h>

#include "lib/http.h"
#include "lib/http_after.h"

enum {
	DIGITS_MAX = 7,		/* of a number; a longer one is something else,
				 * such as a point in time */
};

long
http_seconds(const char *s)
{
	const size_t	 whole = s == NULL ? 0 : strspn(s, "0123456789");
	size_t		 i, fraction = 0;
	long		 n = 0;

	if (whole == 0 || whole > DIGITS_MAX)
		return HTTP_UNSAID;
	for (i = 0; i < whole; i++)
		n = n * 10 + (s[i] - '0');
	if (s[whole] == '.')
		fraction = 1 + strspn(s + whole + 1, "0123456789");
	if (s[whole + fraction] != '\0' || fraction == 1)
		return HTTP_UNSAID;
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
 * A date is compared with the reply's own, so that it does not matter if our
 * clock is wrong.
 */
long
http_retry_after(const struct http_reply *r)
{
	const char	*s = http_header(r, "retry-after");
	const long	 seconds = http_seconds(s);
	const time_t	 then = http_date(s), sent = http_date(
	    http_header(r, "date"));
	time_t		 now;

	if (seconds != HTTP_UNSAID || then == -1)
		return seconds;
	now = sent == -1 ? time(NULL) : sent;
	return then <= now ? 0 : (long)(then - now);
}
