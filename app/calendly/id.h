/*
 * id: Calendly's names for things.
 *
 * A thing is known by the last part of its URI, which may be on
 * api.calendly.com or on calendly.com: a UUID (RFC 4122), or 16 upper-case
 * letters and digits.
 */
#ifndef APP_CALENDLY_ID_H
#define APP_CALENDLY_ID_H

#include <stdbool.h>

struct arena;

/* The last part of a URI's path, UUIDs in lower case; NULL if it is none. */
const char	*id_from_uri(struct arena *, const char *uri);
/* Do both name the same thing?  False if either names none. */
bool		 id_same(struct arena *, const char *, const char *);

#endif
