/*
 * etag: names for what an answer says, so that a client need not be told
 * again what it has (RFC 9110, 8.8.3 and 13.1.2).
 */
#ifndef LIB_ETAG_H
#define LIB_ETAG_H

#include <stdbool.h>

#include "lib/buf.h"

struct arena;

/* A strong tag of these bytes, in its quotes. */
const char	*etag_of(struct arena *, struct bytes);
/*
 * Does the value of If-None-Match (NULL: there is none) name this tag?  By
 * weak comparison: W/"x" names "x".  "*" names any.  Of a list that makes no
 * sense what stands before the fault counts.
 */
bool		 etag_named(const char *if_none_match, const char *etag);

#endif
