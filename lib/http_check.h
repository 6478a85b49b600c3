/*
 * http_check: which requests may be sent at all.  For lib/http*.c alone.
 */
#ifndef LIB_HTTP_CHECK_H
#define LIB_HTTP_CHECK_H

#include <stdbool.h>

struct arena;
struct http_request;
struct uri;

/*
 * Returns NULL if the call may be made, else a reason that quotes nothing of
 * the request.  "elsewhere": http is not for loopback alone.  Fills in the
 * parts of the URL.
 */
const char	*http_check(struct arena *, const struct http_request *,
		    bool elsewhere, struct uri *);

#endif
