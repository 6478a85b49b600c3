/*
 * listen_page: a page of the feed, as the API sends it.
 */
#ifndef APP_CTL_LISTEN_PAGE_H
#define APP_CTL_LISTEN_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/buf.h"

struct arena;

enum {
	LISTEN_PAGE_MAX = 16 * 1024 * 1024,	/* bytes of an answer */
	LISTEN_CURSOR_MAX = 200,		/* characters */
};

struct listen_event {
	const char	*id;
	const char	*type;
	const char	*user_id;	/* NULL: of no user */
	const char	*received_at;	/* as when_read() writes it, or NULL */
	const char	*change;	/* of a meeting, or NULL */
	struct bytes	 json;		/* the object, byte for byte as it came,
					 * and a NUL */
};

struct listen_page {
	struct listen_event	*events;
	size_t			 n;
	const char		*next;
	bool			 more;
};

/*
 * Reads a page.  Returns NULL, or why this is none, in words that quote nothing
 * of it.
 */
const char	*listen_page_read(struct arena *, const char *, size_t,
		    struct listen_page *);

#endif
