/*
 * http_check: what may be called at all; for lib/http.c alone.
 */
#ifndef LIB_HTTP_CHECK_H
#define LIB_HTTP_CHECK_H

#include <stdbool.h>

struct arena;
struct http_request;

/* NULL if the call may be made, else why not (none of the request in it). */
const char	*http_check(struct arena *, const struct http_request *,
		    bool *https);

#endif
