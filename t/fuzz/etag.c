/*
 * fuzz etag: a header that contains neither the tag nor "*" never names the
 * tag; a header that lists the tag names it, whatever tags stand before it.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/etag.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
must(bool so)
{
	if (!so)
		abort();
}

/*
 * Returns the input as a quoted tag, without the characters that a tag may not
 * contain.
 */
static const char *
as_tag(struct arena *mem, const char *text)
{
	char	*tag = arena_alloc(mem, strlen(text) + 3), *p = tag;

	for (*p++ = '"'; *text != '\0'; text++)
		if ((unsigned char)*text > ' ' && *text != '"' &&
		    *text != '\x7f')
			*p++ = *text;
	*p = '"';
	return tag;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena	*mem;
	const char	*text, *tag, *other;

	if (n > 4096)
		return 0;
	mem = arena_new((size_t)1 << 20);
	text = arena_ndup(mem, p, n);
	tag = etag_of(mem, (struct bytes){ p, n });
	other = as_tag(mem, text);

	must(!etag_named(text, tag) || strchr(text, '*') != NULL);
	must(!etag_named(text, "\"a\"") || strstr(text, "\"a\"") != NULL ||
	    strchr(text, '*') != NULL);
	must(etag_named(arena_printf(mem, "%s, W/%s ,%s", other, other, tag),
	    tag));
	must(etag_named(arena_printf(mem, "W/%s", other), other));
	arena_free(mem);
	return 0;
}
