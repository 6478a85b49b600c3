/*
 * when: moments as text (RFC 3339, 5.6).
 */
#ifndef LIB_WHEN_H
#define LIB_WHEN_H

struct arena;

enum { WHEN_SZ = 27 };		/* of what when_read gives */

/*
 * Such a time in one form, "2026-11-20T10:00:00.000000Z", so that byte
 * order is the order of time; NULL if it is none, or not one that the
 * database takes.  Takes NULL.
 */
const char	*when_read(struct arena *, const char *);
/*
 * The same for times that others wrote less strictly.  Besides RFC 3339 it
 * takes small letters, a blank between date and time and before the zone, no
 * seconds, any number of digits after a point or comma, the zones "UTC",
 * "GMT", "+0200" and "+02", and a leap second (:60), which counts as the
 * second after it.  A time without a zone is no moment: NULL.
 */
const char	*when_read_loose(struct arena *, const char *);

#endif
