/*
 * id: the ids by which Calendly names things.
 *
 * A thing's id is the last part of its URI's path.  Calendly promises nothing
 * about it but its characters: we have seen UUIDs, 16 capitals and digits, and
 * words, on api.calendly.com and on calendly.com.  So ids are kept as they are;
 * only UUIDs are compared without regard to case (RFC 4122).
 */
#ifndef APP_CALENDLY_ID_H
#define APP_CALENDLY_ID_H

#include <stdbool.h>

struct arena;

/*
 * The id in a URI: the last part of its path, without slashes behind it, query
 * and fragment; a UUID is put in lower case.  NULL if the URI names nothing:
 * the part is not 1 to 255 visible ASCII characters, or is "." or ".." (escaped
 * or not), or is a word of Calendly's own paths ("users", "me"), which comes
 * last where an id is missing.
 */
const char	*id_from_uri(struct arena *, const char *uri);
/*
 * Says whether both URIs name the same thing.  False if either names nothing.
 */
bool		 id_same(struct arena *, const char *, const char *);
/*
 * A request's path for the thing that a URI names, in one of Calendly's
 * collections ("/users"); NULL if the URI names nothing.  The id keeps its
 * case, because the server may be strict.  Characters that may not stand in a
 * part of a path are escaped, so that this is never another path.
 */
const char	*id_path(struct arena *, const char *collection,
		    const char *uri);

#endif
