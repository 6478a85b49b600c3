/*
 * arena: memory that lives as long as one request or one job.
 *
 * All memory of an arena is freed at once and is wiped first.  So a secret does
 * not outlive the request that used it, and most functions have nothing to free
 * when they fail.
 *
 * No function here returns NULL.  When the system has no memory, or when an
 * arena would pass its cap, the process logs that and exits.  Losing a process
 * is harmless, because only committed work counts and the master starts a new
 * worker; in return no caller needs an error path that no test would ever
 * reach.
 */
#ifndef LIB_ARENA_H
#define LIB_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

/* "cap" is the largest number of bytes that the arena may ever hold. */
struct arena	*arena_new(size_t cap);
void		 arena_free(struct arena *);
/*
 * Wipes and frees everything but the first block, which the next request uses
 * again.
 */
void		 arena_reset(struct arena *);

/*
 * Returns zeroed memory, aligned for any type.  A size of 0 gives a valid
 * pointer.
 */
void		*arena_alloc(struct arena *, size_t);
void		*arena_array(struct arena *, size_t n, size_t size);
/*
 * Returns a larger piece that begins with a copy of the old bytes.  The old
 * piece is not freed before the arena is.
 */
void		*arena_grow(struct arena *, const void *old, size_t oldsz,
		    size_t newsz);
char		*arena_dup(struct arena *, const char *);
/* Copies "n" bytes into the arena and adds a NUL. */
char		*arena_ndup(struct arena *, const void *, size_t n);
char		*arena_printf(struct arena *, const char *, ...)
		    __attribute__((__format__(__printf__, 2, 3)));
char		*arena_vprintf(struct arena *, const char *, va_list)
		    __attribute__((__format__(__printf__, 2, 0)));

/* How many bytes the arena has taken of its bound so far. */
size_t		 arena_held(const struct arena *);

#endif
