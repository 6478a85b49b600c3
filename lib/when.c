/*
 * when: see when.h.
 */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
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

/* Returns whether "s" begins like "shape", in which 0 stands for any digit. */
static bool
is_shaped(const char *s, const char *shape)
{
	for (; *shape != '\0'; s++, shape++)
		if (*shape == '0' ? !isdigit((unsigned char)*s) : *s != *shape)
			return false;
	return true;
}

static int
number_at(const char *s, int digits)
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
	    is_date(number_at(s, 4), number_at(s + 5, 2), number_at(s + 8,
	    2)) && number_at(s + 11, 2) <= 23 && number_at(s + 14, 2) <= 59 &&
	    number_at(s + 17, 2) <= 59;
}

/* Reads a zone, "Z" or "+01:00", as seconds ahead of UTC. */
static bool
read_zone(const char *s, long *ahead)
{
	*ahead = 0;
	if (strcmp(s, "Z") == 0)
		return true;
	if ((*s != '+' && *s != '-') || !is_shaped(s + 1, "00:00") ||
	    s[ZONESZ] != '\0')
		return false;
	*ahead = (number_at(s + 1, 2) * 60L + number_at(s + 4, 2)) * 60;
	if (*s == '-')
		*ahead = -*ahead;
	return number_at(s + 1, 2) <= 23 && number_at(s + 4, 2) <= 59;
}

static time_t
seconds_of(const char date[DATESZ])
{
	struct tm	 tm = {
		.tm_year = number_at(date, 4) - 1900,
		.tm_mon = number_at(date + 5, 2) - 1,
		.tm_mday = number_at(date + 8, 2),
		.tm_hour = number_at(date + 11, 2),
		.tm_min = number_at(date + 14, 2),
		.tm_sec = number_at(date + 17, 2),
	};

	return timegm(&tm);
}

/* Converts a date to UTC.  Returns false if the result is out of range. */
static bool
shift_date(char date[DATESZ + 1], long ahead)
{
	time_t		 t = seconds_of(date) - ahead;
	struct tm	 tm;

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
	if (!read_zone(rest, &ahead) || (ahead != 0 &&
	    !shift_date(date, ahead)))
		return NULL;
	return arena_printf(mem, "%s.%sZ", date, fraction);
}

/*
 * Returns a zone ("Z", "UTC", "+02:00", "+0200" or "+02") in the form that
 * read_zone reads, or NULL.
 */
static const char *
zone_form(struct arena *mem, const char *s)
{
	static const char	*const utc[] = { "Z", "UTC", "GMT" };
	size_t			 i, n;

	s += strspn(s, " ");
	n = strcspn(s, " ");
	if (s[n + strspn(s + n, " ")] != '\0')
		return NULL;
	for (i = 0; i < sizeof(utc) / sizeof(utc[0]); i++)
		if (strlen(utc[i]) == n && strncasecmp(s, utc[i], n) == 0)
			return "Z";
	if (n == 3 && is_shaped(s + 1, "00"))
		return arena_printf(mem, "%.3s:00", s);
	if (n == 5 && is_shaped(s + 1, "0000"))
		return arena_printf(mem, "%.3s:%.2s", s, s + 3);
	return n == ZONESZ ? arena_ndup(mem, s, n) : NULL;
}

/*
 * Returns what follows the seconds in strict form: the digits of a fraction, if
 * any, and the zone.
 */
static const char *
rest_form(struct arena *mem, const char *s)
{
	const char	*zone;
	size_t		 n = 0;

	if (*s == '.' || *s == ',') {
		n = strspn(++s, "0123456789");
		if (n == 0)
			return NULL;
	}
	if ((zone = zone_form(mem, s + n)) == NULL || n == 0)
		return zone;
	return arena_printf(mem, ".%.*s%s", n < MICROS ? (int)n : MICROS, s,
	    zone);
}

static const char *
second_after(struct arena *mem, const char *when)
{
	char	 date[DATESZ + 1];

	if (when == NULL)
		return NULL;
	memcpy(date, when, DATESZ);
	date[DATESZ] = '\0';
	return shift_date(date, -1) ? arena_printf(mem, "%s%s", date,
	    when + DATESZ) : NULL;
}

const char *
when_read_loose(struct arena *mem, const char *s)
{
	const char	*second = "00", *rest, *when;
	bool		 leap;

	if (s == NULL || !is_shaped(s += strspn(s, " "), "0000-00-00") ||
	    s[10] == '\0' || strchr("Tt ", s[10]) == NULL ||
	    !is_shaped(s + 11, "00:00"))
		return NULL;
	rest = s + 16;
	if (is_shaped(rest, ":00")) {
		second = rest + 1;
		rest += 3;
	} else if (*rest == '.' || *rest == ',')
		return NULL;	/* a fraction of a minute */
	leap = strncmp(second, "60", 2) == 0;
	if ((rest = rest_form(mem, rest)) == NULL)
		return NULL;
	when = when_read(mem, arena_printf(mem, "%.10sT%.5s:%.2s%s", s,
	    s + 11, leap ? "59" : second, rest));
	return leap ? second_after(mem, when) : when;
}

const char *
when_now(struct arena *mem, int64_t seconds)
{
	struct timespec	 ts;
	struct tm	 tm;
	time_t		 t;
	char		 date[DATESZ + 1];

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	t = ts.tv_sec + seconds;
	if (gmtime_r(&t, &tm) == NULL || strftime(date, sizeof(date),
	    "%Y-%m-%dT%H:%M:%S", &tm) != DATESZ)
		return NULL;
	return arena_printf(mem, "%s.%06ldZ", date, ts.tv_nsec / 1000);
}

int64_t
when_unix_ms(const char *when)
{
	return (int64_t)seconds_of(when) * 1000 +
	    number_at(when + DATESZ + 1, 3);
}

int64_t
when_age(const char *when)
{
	return time(NULL) - seconds_of(when);
}
