/*
 * buf: see buf.h.
 */
#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/buf.h"

enum { BUF_FIRST = 64 };

/* Makes room for "n" more bytes and the NUL. */
static bool
buf_room(struct buf *b, size_t n)
{
	size_t	need, room;

	if (n > SIZE_MAX / 4 - b->n)
		return false;
	if (b->cap != 0 && n > b->cap - b->n)
		return false;
	need = b->n + n + 1;
	if (need <= b->room)
		return true;
	for (room = b->room * 2; room < need; room *= 2)
		;
	b->p = arena_grow(b->mem, b->p, b->n + 1, room);
	b->room = room;
	return true;
}

void
buf_init(struct buf *b, struct arena *mem, size_t cap)
{
	*b = (struct buf){ .mem = mem, .cap = cap, .room = BUF_FIRST };
	b->p = arena_alloc(mem, b->room);
}

bool
buf_add(struct buf *b, const void *p, size_t n)
{
	assert(p != NULL || n == 0);
	if (!buf_room(b, n))
		return false;
	if (n != 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
	return true;
}

bool
buf_puts(struct buf *b, const char *s)
{
	return buf_add(b, s, strlen(s));
}

bool
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list	 ap;
	char	*s;

	va_start(ap, fmt);
	s = arena_vprintf(b->mem, fmt, ap);
	va_end(ap);
	return buf_puts(b, s);
}
