/*
 * when: see when.h.
 */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "lib/arena.h"
#include "lib/when.h"

enum {
	DATESZ = 19,			/* up to the seconds */
	ZONESZ = 6,			/* +01:00 */
	MICROS = 6,
	NANOS = 9,
	YEAR_MIN = 1970,
	YEAR_MAX = 9999,
};

/* Does "s" begin as "shape" does, where 0 stands for any digit? */
static bool
is_shaped(const char *s, const char *shape)
{
	for (; *shape != '\0'; s++, shape++)
		if (*shape == '0' ? !isdigit((unsigned char)*s) : *s != *shape)
			return false;
	return true;
}

static int
number(const char *s, int digits)
{
	int	 n = 0;

	while (digits-- > 0)
		n = n * 10 + (*s++ - '0');
	return n;
}

static bool
is_date(int year, int month, int day)
{
	static const int	 days[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};
	bool			 leap;

	leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return year >= YEAR_MIN && month >= 1 && month <= 12 && day >= 1 &&
	    day <= days[month - 1] + (leap && month == 2);
}

static bool
is_moment(const char *s)
{
	return is_shaped(s, "0000-00-00T00:00:00") &&
	    is_date(number(s, 4), number(s + 5, 2), number(s + 8, 2)) &&
	    number(s + 11, 2) <= 23 && number(s + 14, 2) <= 59 &&
	    number(s + 17, 2) <= 59;
}

/* "Z", or "+01:00": seconds ahead of UTC. */
static bool
read_zone(const char *s, long *ahead)
{
	*ahead = 0;
	if (strcmp(s, "Z") == 0)
		return true;
	if ((*s != '+' && *s != '-') || !is_shaped(s + 1, "00:00") ||
	    s[ZONESZ] != '\0')
		return false;
	*ahead = (number(s + 1, 2) * 60L + number(s + 4, 2)) * 60;
	if (*s == '-')
		*ahead = -*ahead;
	return number(s + 1, 2) <= 23 && number(s + 4, 2) <= 59;
}

/* The date in UTC; false if that is out of bounds. */
static bool
shift(char date[DATESZ + 1], long ahead)
{
	struct tm	 tm = {
		.tm_year = number(date, 4) - 1900,
		.tm_mon = number(date + 5, 2) - 1,
		.tm_mday = number(date + 8, 2),
		.tm_hour = number(date + 11, 2),
		.tm_min = number(date + 14, 2),
		.tm_sec = number(date + 17, 2),
	};
	time_t		 t = timegm(&tm) - ahead;

	if (t < 0 || gmtime_r(&t, &tm) == NULL ||
	    tm.tm_year + 1900 > YEAR_MAX)
		return false;
	return strftime(date, DATESZ + 1, "%Y-%m-%dT%H:%M:%S", &tm) == DATESZ;
}

const char *
when_read(struct arena *mem, const char *s)
{
	char		 date[DATESZ + 1], fraction[] = "000000";
	const char	*rest;
	long		 ahead;
	size_t		 n;

	if (s == NULL || !is_moment(s))
		return NULL;
	memcpy(date, s, DATESZ);
	date[DATESZ] = '\0';
	rest = s + DATESZ;
	if (*rest == '.') {
		n = strspn(++rest, "0123456789");
		if (n == 0 || n > NANOS)
			return NULL;
		memcpy(fraction, rest, n < MICROS ? n : MICROS);
		rest += n;
	}
	if (!read_zone(rest, &ahead) || (ahead != 0 && !shift(date, ahead)))
		return NULL;
	return arena_printf(mem, "%s.%sZ", date, fraction);
}
