/*
 * arena: memory that lives as long as one request or one job.
 *
 * Everything is freed at once and wiped first, so that a secret does not
 * outlive the request that used it and most functions have nothing to undo.
 *
 * No function here returns NULL.  When the system has no memory, or one
 * arena passes its cap, the process logs it and exits: only commits count,
 * the master starts a new worker, and no caller carries a path that no test
 * ever walks.
 */
#ifndef LIB_ARENA_H
#define LIB_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

/* "cap": the most bytes that the arena may ever hold. */
struct arena	*arena_new(size_t cap);
void		 arena_free(struct arena *);
/* Wipe and forget all; keep the first block for the next request. */
void		 arena_reset(struct arena *);

/* Zeroed, aligned for any type; a size of 0 gives a valid pointer. */
void		*arena_alloc(struct arena *, size_t);
void		*arena_array(struct arena *, size_t n, size_t size);
/* The old bytes move along; the old block stays until the arena goes. */
void		*arena_grow(struct arena *, const void *old, size_t oldsz,
		    size_t newsz);
char		*arena_dup(struct arena *, const char *);
/* Copies "n" bytes and adds a NUL. */
char		*arena_ndup(struct arena *, const void *, size_t n);
char		*arena_printf(struct arena *, const char *, ...)
		    __attribute__((__format__(__printf__, 2, 3)));
char		*arena_vprintf(struct arena *, const char *, va_list)
		    __attribute__((__format__(__printf__, 2, 0)));

#endif
