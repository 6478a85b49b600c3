/*
 * etag: entity tags, by which a client learns that an answer has not changed
 * since it last got it (RFC 9110, 8.8.3 and 13.1.2).
 */
#ifndef LIB_ETAG_H
#define LIB_ETAG_H

#include <stdbool.h>

#include "lib/buf.h"

struct arena;

/* Returns a strong tag of these bytes, with its quotes. */
const char	*etag_of(struct arena *, struct bytes);
/*
 * Returns whether the value of If-None-Match names this tag; NULL means that
 * there is no such header.  The comparison is weak: W/"x" matches "x".  "*"
 * matches any tag.  Of a malformed list the part before the fault counts.
 */
bool		 etag_named(const char *if_none_match, const char *etag);

#endif
