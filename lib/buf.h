/*
 * buf: byte strings, either borrowed or growing in an arena.
 */
#ifndef LIB_BUF_H
#define LIB_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct arena;

/*
 * Borrowed bytes.  They end in a NUL only where the function that returns them
 * says so.
 */
struct bytes {
	const void	*p;
	size_t		 n;
};

/*
 * The bytes of a text including its NUL.  Hashing the NUL along keeps "ab","c"
 * apart from "a","bc".
 */
static inline struct bytes
bytes_with_nul(const char *s)
{
	if (s == NULL)
		s = "";
	return (struct bytes){ s, strlen(s) + 1 };
}

/*
 * A byte string that grows.  "p" always ends in a NUL, which "n" does not
 * count.
 */
struct buf {
	struct arena	*mem;
	char		*p;
	size_t		 n;
	size_t		 room;
	size_t		 cap;	/* most bytes it may hold; 0: no limit */
};

void	buf_init(struct buf *, struct arena *, size_t cap);
/*
 * Appends bytes.  Returns false, and appends nothing, if the cap would be
 * passed.
 */
bool	buf_add(struct buf *, const void *, size_t);
bool	buf_puts(struct buf *, const char *);
bool	buf_printf(struct buf *, const char *, ...)
	    __attribute__((__format__(__printf__, 2, 3)));

#endif
