/*
 * listen_since: where in the feed "calendlyctl listen" begins.
 */
#ifndef APP_CTL_LISTEN_SINCE_H
#define APP_CTL_LISTEN_SINCE_H

#include <stdbool.h>

struct arena;

enum listen_start {
	LISTEN_NOW,		/* behind the newest event */
	LISTEN_OLDEST,
	LISTEN_CURSOR,		/* behind an event, by a cursor of the API */
	LISTEN_TIME,		/* at the first event received by then */
};

struct listen_since {
	enum listen_start	 start;
	const char		*cursor;
	const char		*time;	/* as when_read() writes it */
};

/*
 * Reads "now", "oldest", a cursor, a time of RFC 3339, or how long ago it was:
 * "90s", "15m", "1h", "2d".  NULL means now.  False: it is none of these.
 */
bool	listen_since_read(struct arena *, const char *, struct listen_since *);

#endif
