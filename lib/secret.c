/*
 * secret: see secret.h.
 */
#include <string.h>

#include "lib/arena.h"
#include "lib/secret.h"

struct secret {
	size_t	len;
	char	text[];
};

struct secret *
secret_new(struct arena *mem, const void *p, size_t n)
{
	struct secret	*s;

	s = arena_alloc(mem, sizeof(*s) + n + 1);
	s->len = n;
	if (n != 0)
		memcpy(s->text, p, n);
	return s;
}

struct secret *
secret_from_text(struct arena *mem, const char *text)
{
	return secret_new(mem, text, strlen(text));
}

const char *
secret_text(const struct secret *s)
{
	return s->text;
}

size_t
secret_len(const struct secret *s)
{
	return s->len;
}
