/*
 * arena: see arena.h.
 *
 * An arena is a list of blocks that are filled one after the other.  Bytes that
 * were not handed out yet are always zero, because new blocks are zeroed and
 * used ones are wiped before they are used again.  So handing out memory only
 * moves a mark.
 */
#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/err.h"

/*
 * AddressSanitizer reports accesses to the gap after each piece, and so finds a
 * caller that writes past its end.
 */
#if defined(__SANITIZE_ADDRESS__)		/* gcc */
#define WATCHED	1
#elif defined(__has_feature)			/* clang */
#define WATCHED	__has_feature(address_sanitizer)
#else
#define WATCHED	0
#endif
#if WATCHED
#include <sanitizer/asan_interface.h>
#define GAP	16
#else
#define GAP	0
#define ASAN_POISON_MEMORY_REGION(p, n)		((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n)	((void)(p), (void)(n))
#endif

#define ALIGN	alignof(max_align_t)
#define BLOCK	((size_t)16 * 1024)

struct block {
	struct block	*next;		/* older */
	size_t		 size;
	size_t		 used;
	alignas(max_align_t) unsigned char data[];
};

struct arena {
	size_t		 cap;
	size_t		 held;		/* sum of the sizes of all blocks */
	struct block	*small;		/* being filled; ends with the first */
	struct block	*large;		/* of one large piece each */
};

static struct block *
block_new(struct arena *a, size_t size, struct block *next)
{
	struct block	*b;

	if (size > a->cap - a->held)
		err_nomem("a request or job reached the bound of its memory");
	if ((b = calloc(1, sizeof(*b) + size)) == NULL)
		err_nomem("a block of memory for a request or job");
	b->next = next;
	b->size = size;
	a->held += size;
	ASAN_POISON_MEMORY_REGION(b->data, b->size);
	return b;
}

static void
block_wipe(struct block *b)
{
	ASAN_UNPOISON_MEMORY_REGION(b->data, b->size);
	explicit_bzero(b->data, b->used);
	b->used = 0;
}

/* Wipes and frees the blocks of the list before "last", which may be NULL. */
static void
block_free_until(struct arena *a, struct block *b, const struct block *last)
{
	struct block	*next;

	for (; b != last; b = next) {
		next = b->next;
		block_wipe(b);
		a->held -= b->size;
		free(b);
	}
}

/* Returns a block that has room for "need" bytes. */
static struct block *
block_for(struct arena *a, size_t need)
{
	if (need <= a->small->size - a->small->used)
		return a->small;
	if (need > BLOCK / 4)
		return a->large = block_new(a, need, a->large);
	return a->small = block_new(a,
	    BLOCK <= a->cap - a->held ? BLOCK : need, a->small);
}

struct arena *
arena_new(size_t cap)
{
	struct arena	*a;

	if ((a = calloc(1, sizeof(*a))) == NULL)
		err_nomem("an arena");
	a->cap = cap;
	a->small = block_new(a, cap < BLOCK ? cap : BLOCK, NULL);
	return a;
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	block_free_until(a, a->large, NULL);
	block_free_until(a, a->small, NULL);
	free(a);
}

void
arena_reset(struct arena *a)
{
	struct block	*first;

	block_free_until(a, a->large, NULL);
	a->large = NULL;
	for (first = a->small; first->next != NULL; first = first->next)
		;
	block_free_until(a, a->small, first);
	a->small = first;
	block_wipe(first);
	ASAN_POISON_MEMORY_REGION(first->data, first->size);
}

void *
arena_alloc(struct arena *a, size_t size)
{
	struct block	*b;
	void		*p;
	size_t		 need;

	if (size > SIZE_MAX / 2)
		err_nomem("a piece of memory too large to count");
	need = (size + GAP + ALIGN - 1) / ALIGN * ALIGN;
	if (need == 0)
		need = ALIGN;
	b = block_for(a, need);
	p = b->data + b->used;
	b->used += need;
	ASAN_UNPOISON_MEMORY_REGION(p, size);
	return p;
}

void *
arena_array(struct arena *a, size_t n, size_t size)
{
	size_t	total;

	if (__builtin_mul_overflow(n, size, &total))
		err_nomem("an array too large to count");
	return arena_alloc(a, total);
}

void *
arena_grow(struct arena *a, const void *old, size_t oldsz, size_t newsz)
{
	void	*p;

	p = arena_alloc(a, newsz);
	if (old != NULL && oldsz != 0)
		memcpy(p, old, oldsz < newsz ? oldsz : newsz);
	return p;
}

char *
arena_dup(struct arena *a, const char *s)
{
	return arena_ndup(a, s, strlen(s));
}

char *
arena_ndup(struct arena *a, const void *p, size_t n)
{
	return arena_grow(a, p, n, n + 1);
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list	 ap;
	char	*s;

	va_start(ap, fmt);
	s = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return s;
}

char *
arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list	 again;
	char	*s;
	int	 n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		err_nomem("a text too long to format");
	s = arena_alloc(a, (size_t)n + 1);
	(void)vsnprintf(s, (size_t)n + 1, fmt, ap);
	return s;
}

size_t
arena_held(const struct arena *a)
{
	return a->held;
}
