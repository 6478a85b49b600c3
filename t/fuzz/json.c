/*
 * fuzz json: JSON that is read is UTF-8, and stays the same when it is written
 * and read again; what is written can always be read; spoiled text is read as
 * the text that it is mended to, and text that is not spoiled is read as it is.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/json.h"
#include "lib/utf8.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const struct json_caps	caps = { 1 << 16, 24, 4096 };
static const struct json_caps	wide = { 1 << 20, 32, 8192 };

static void
must(bool so)
{
	if (!so)
		abort();
}

static bool
same(const struct json_node *a, const struct json_node *b)
{
	const struct json_node	*x, *y;

	if (a->type != b->type || a->truth != b->truth ||
	    a->keysz != b->keysz || a->textsz != b->textsz)
		return false;
	if (a->keysz != 0 && memcmp(a->key, b->key, a->keysz) != 0)
		return false;
	if (a->textsz != 0 && memcmp(a->text, b->text, a->textsz) != 0)
		return false;
	for (x = a->child, y = b->child; x != NULL && y != NULL;
	    x = x->next, y = y->next)
		if (!same(x, y))
			return false;
	return x == y;
}

static const char *
written(struct arena *mem, const struct json_node *n, size_t *len)
{
	struct json	*j = json_new(mem);

	json_node(j, NULL, n, NULL, NULL);
	return json_done(j, len);
}

static void
test_read(struct arena *mem, const char *text, size_t n)
{
	const struct json_node	*a, *b;
	const char		*once, *twice, *why;
	size_t			 n1, n2;

	if (json_parse(mem, text, n, &caps, &a, &why) != CAL_OK) {
		must(a == NULL && why != NULL && utf8_valid(why,
		    strlen(why)));
		return;
	}
	must(n <= caps.size && utf8_valid(text, n));
	once = written(mem, a, &n1);
	must(utf8_valid(once, n1));
	must(json_parse(mem, once, n1, &wide, &b, &why) == CAL_OK);
	must(same(a, b));
	twice = written(mem, b, &n2);
	must(n1 == n2 && memcmp(once, twice, n1) == 0);
}

static void
test_spoiled(struct arena *mem, const char *text, size_t n)
{
	const struct json_node	*a, *b;
	const char		*once, *why;
	size_t			 len;
	bool			 strict;

	strict = json_parse(mem, text, n, &caps, &a, &why) == CAL_OK;
	if (json_parse_spoiled(mem, text, n, &caps, &b, &why) != CAL_OK) {
		must(!strict && b == NULL && why != NULL);
		return;
	}
	must(!strict || same(a, b));
	once = written(mem, b, &len);
	must(utf8_valid(once, len));
	must(json_parse(mem, once, len, &wide, &a, &why) == CAL_OK);
	must(same(a, b));
}

static void
test_write(struct arena *mem, const char *text)
{
	const struct json_node	*n;
	const char		*out, *why;
	struct json		*j = json_new(mem);
	size_t			 len;

	json_object(j, NULL);
	json_str(j, text, text);
	json_end(j);
	out = json_done(j, &len);
	must(json_parse(mem, out, len, &wide, &n, &why) == CAL_OK);
	must(n->child != NULL && n->child->next == NULL);
	if (utf8_valid(text, strlen(text)))
		must(strcmp(n->child->text, text) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena	*mem;

	mem = arena_new((size_t)64 << 20);
	test_read(mem, (const char *)p, n);
	test_spoiled(mem, (const char *)p, n);
	if (n < 4096)
		test_write(mem, arena_ndup(mem, p, n));
	arena_free(mem);
	return 0;
}
