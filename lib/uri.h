/*
 * uri: percent-encoding and the parts of URLs (RFC 3986; origins, RFC 6454).
 */
#ifndef LIB_URI_H
#define LIB_URI_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/buf.h"

struct arena;

/* Everything but unreserved characters is encoded. */
const char	*uri_encode(struct arena *, const char *);
/* "+" becomes a space if "form".  NULL on a bad escape or an encoded NUL. */
const char	*uri_decode(struct arena *, const char *, size_t, bool form);
/* The value of "name" in a query or form body, decoded; NULL if not there. */
const char	*uri_query(struct arena *, const char *query, const char *name);
/*
 * Add name=value to a form body or query, with "&" where needed.  False,
 * and nothing added, if the buffer's cap would be passed.
 */
bool		 uri_add(struct buf *, const char *name, const char *value);

struct uri {
	const char	*scheme;	/* lower case */
	const char	*host;		/* lower case; IPv6 in its shortest form,
					 * without brackets */
	int		 port;		/* the scheme's where none is named */
	const char	*path;		/* with query; "" or begins with "/" */
	const char	*origin;	/* scheme://host[:port], port if not the
					 * scheme's */
};

/*
 * Parse an absolute http or https URL.  False on anything else, on user
 * information, a fragment, a character that a URL must not hold (RFC 3986:
 * controls, spaces, backslashes, …), a bad escape, or a host that is neither
 * a name nor an address in its one usual form ("127.1" is not).
 */
bool		 uri_parse(struct arena *, const char *, struct uri *);
/* localhost, 127.0.0.0/8, ::1 */
bool		 uri_is_loopback(const struct uri *);

#endif
