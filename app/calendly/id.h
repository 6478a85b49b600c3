/*
 * id: Calendly's names for things.
 *
 * A thing is known by the last part of its URI's path.  Calendly promises
 * nothing about that part but its characters: we have met UUIDs, 16 capitals
 * and digits, and words, on api.calendly.com and on calendly.com.  So it is
 * taken as it stands.  Only a UUID is compared without case (RFC 4122).
 */
#ifndef APP_CALENDLY_ID_H
#define APP_CALENDLY_ID_H

#include <stdbool.h>

struct arena;

/*
 * The last part of a URI's path, without the slashes after it, the query and
 * the fragment; a UUID in lower case.  NULL if the URI names no thing: if
 * that part is not 1 to 255 visible ASCII characters, is "." or "..", escaped
 * or not, or is a word of Calendly's own paths ("users", "me"), which stands
 * last where the id is missing.
 */
const char	*id_from_uri(struct arena *, const char *uri);
/* Do both name the same thing?  False if either names none. */
bool		 id_same(struct arena *, const char *, const char *);
/*
 * The path of the thing that a URI names, in one of Calendly's collections
 * ("/users"), for a request; NULL if the URI names none.  The id is as it
 * stands in the URI, in its own case, for a server may be strict; whatever a
 * path part must not hold is escaped, so that this is never another path.
 */
const char	*id_path(struct arena *, const char *collection,
		    const char *uri);

#endif
