/*
 * when: points in time as text (RFC 3339, 5.6).
 */
#ifndef LIB_WHEN_H
#define LIB_WHEN_H

#include <stdint.h>

struct arena;

enum { WHEN_SZ = 27 };		/* length of what when_read returns */

/*
 * Returns an RFC 3339 time in the one form "2026-11-20T10:00:00.000000Z", in
 * which the order of bytes is the order of times.  NULL if the text is no such
 * time or not one that the database accepts.  Accepts NULL.
 */
const char	*when_read(struct arena *, const char *);
/*
 * Does the same for times that others wrote less strictly.  It also accepts
 * small letters, a blank between date and time and before the zone, missing
 * seconds, any number of digits after a point or comma, the zones "UTC", "GMT",
 * "+0200" and "+02", and a leap second (:60), which counts as the second after
 * it.  A time without a zone does not name a point in time: NULL.
 */
const char	*when_read_loose(struct arena *, const char *);
/*
 * Returns the present moment, by this host's clock, plus so many seconds, in
 * the form of when_read().
 */
const char	*when_now(struct arena *, int64_t seconds);
/* The milliseconds of the Unix epoch of a time in that form. */
int64_t		 when_unix_ms(const char *);
/* The seconds from a time in that form to now; negative: it is to come. */
int64_t		 when_age(const char *);

#endif
