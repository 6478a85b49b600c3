/*
 * feed_cursor: see feed_cursor.h.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "app/route/feed_cursor.h"
#include "app/route/query.h"
#include "lib/arena.h"
#include "lib/req.h"

enum {
	CURSOR_FEED = 'e',
	POSITION_DIGITS = 18,		/* always fit into an int64_t */
};

const char *
feed_cursor_write(struct req *r, int64_t seq)
{
	return cursor_write(r, CURSOR_FEED,
	    arena_printf(r->mem, "%" PRId64, seq));
}

/*
 * The content is a number exactly as feed_cursor_write() writes it: digits
 * only, no sign, no leading zero.
 */
bool
feed_cursor_read(struct req *r, const char *cursor, int64_t *seq)
{
	const char	*s = cursor_content(r, CURSOR_FEED, cursor);
	const size_t	 n = s == NULL ? 0 : strlen(s);

	if (n == 0 || n > POSITION_DIGITS || strspn(s, "0123456789") != n ||
	    (s[0] == '0' && n > 1))
		return false;
	*seq = strtoll(s, NULL, 10);
	return true;
}
