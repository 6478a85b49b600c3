/*
 * feed_cursor: a place in the feed, as clients know it.
 */
#ifndef APP_ROUTE_FEED_CURSOR_H
#define APP_ROUTE_FEED_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

struct req;

/* The cursor behind the event with this number. */
const char	*feed_cursor_write(struct req *, int64_t seq);
/* Reads such a cursor; false if it is none. */
bool		 feed_cursor_read(struct req *, const char *, int64_t *seq);

#endif
