/*
 * listen_since: see listen_since.h.
 */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "app/ctl/listen_page.h"
#include "app/ctl/listen_since.h"
#include "lib/when.h"

enum {
	DIGITS_MAX = 5,
	AGO_MAX = 3650 * 24 * 3600,	/* seconds */
};

static int64_t
unit_seconds(char unit)
{
	switch (unit) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 24 * 3600;
	default:
		return 0;
	}
}

/* Reads "15m" as seconds; 0 for anything else. */
static int64_t
ago_read(const char *s)
{
	const size_t	 n = strspn(s, "0123456789");
	int64_t		 ago;

	if (n == 0 || n > DIGITS_MAX || s[n] == '\0' || s[n + 1] != '\0')
		return 0;
	ago = strtol(s, NULL, 10) * unit_seconds(s[n]);
	return ago <= AGO_MAX ? ago : 0;
}

static bool
time_read(struct arena *mem, const char *s, struct listen_since *out)
{
	const int64_t	 ago = ago_read(s);

	out->start = LISTEN_TIME;
	out->time = ago > 0 ? when_now(mem, -ago) : when_read(mem, s);
	return out->time != NULL;
}

bool
listen_since_read(struct arena *mem, const char *s, struct listen_since *out)
{
	static const char	later[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789-_";

	memset(out, 0, sizeof(*out));
	if (s == NULL || strcmp(s, "now") == 0)
		return true;
	if (strcmp(s, "oldest") == 0) {
		out->start = LISTEN_OLDEST;
		return true;
	}
	/* A cursor begins with a letter, a time and a duration do not. */
	if (*s >= '0' && *s <= '9')
		return time_read(mem, s, out);
	out->start = LISTEN_CURSOR;
	out->cursor = s;
	return isalpha((unsigned char)*s) && strlen(s) <= LISTEN_CURSOR_MAX &&
	    s[strspn(s, later)] == '\0';
}
