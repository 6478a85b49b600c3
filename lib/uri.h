/*
 * uri: percent-encoding and the parts of URLs (RFC 3986; origins, RFC 6454).
 */
#ifndef LIB_URI_H
#define LIB_URI_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/buf.h"

struct arena;

/* Percent-encodes everything but unreserved characters. */
const char	*uri_encode(struct arena *, const char *);
/*
 * Decodes percent-encoding; "+" becomes a space if "form".  NULL on a bad
 * escape or an encoded NUL.
 */
const char	*uri_decode(struct arena *, const char *, size_t, bool form);
/*
 * Returns the decoded value of "name" in a query or form body; NULL if it is
 * absent.
 */
const char	*uri_query(struct arena *, const char *query, const char *name);
/*
 * Appends name=value, with "&" where needed, to a query or form body.  Returns
 * false, and appends nothing, if the buffer's cap would be passed.
 */
bool		 uri_add(struct buf *, const char *name, const char *value);

struct uri {
	const char	*scheme;	/* lower case */
	const char	*host;		/* lower case; IPv6 in its shortest
					 * form, no brackets */
	int		 port;		/* default: the scheme's */
	const char	*path;		/* with query; "" or begins with "/" */
	const char	*origin;	/* scheme://host[:port]; without the
					 * port if it is the scheme's default */
};

/*
 * Parses an absolute http or https URL.  False for anything else: user
 * information, a fragment, a character that a URL must not hold (RFC 3986:
 * controls, spaces, backslashes etc.), a bad escape, or a host that is neither a
 * name nor an address in its canonical form ("127.1" is not).
 */
bool		 uri_parse(struct arena *, const char *, struct uri *);
/* Returns whether the host is localhost, ::1, or in 127.0.0.0/8. */
bool		 uri_is_loopback(const struct uri *);

#endif
