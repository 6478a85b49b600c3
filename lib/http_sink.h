/*
 * http_sink: receiving a reply within limits.  For lib/http*.c alone.
 */
#ifndef LIB_HTTP_SINK_H
#define LIB_HTTP_SINK_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/buf.h"
#include "lib/http.h"

enum {
	HTTP_SINK_HEADERS = 100,
	HTTP_SINK_HEADER_BYTES = 64 * 1024,
};

struct http_sink {
	struct arena		*mem;
	struct buf		 body;		/* as much of it as is kept */
	size_t			 body_bytes;	/* bytes of it that came */
	size_t			 body_max;
	size_t			 nheaders;
	size_t			 header_bytes;	/* sum over all replies to
						 * this call */
	bool			 headers_done;	/* later header lines are
						 * trailers */
	bool			 too_large;	/* the limit is the body's */
	const char		*why;		/* the limit that was passed */
	struct http_header	 header[HTTP_SINK_HEADERS + 1];
};

/* Keeps the first "keep" bytes of a body that may have "body_max" bytes. */
void	http_sink_init(struct http_sink *, struct arena *, size_t keep,
	    size_t body_max);
/*
 * Callbacks for libcurl, which take a line of the head and a piece of the body.
 * Each takes all of it; past a limit it takes nothing, which ends the transfer.
 */
size_t	http_sink_head(char *, size_t, size_t, void *);
size_t	http_sink_body(char *, size_t, size_t, void *);

#endif
