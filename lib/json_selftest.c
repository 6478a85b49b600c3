/*
 * json_selftest: checks that this yajl has the fixes of its CVEs.
 *
 * It tests behaviour, because distributions fix bugs without changing the
 * version number.  It calls yajl directly, because json.c would refuse such
 * input before yajl sees it.
 */
#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_parse.h>

#include "lib/arena.h"
#include "lib/json.h"

enum {
	LONG = 16 * 1024,	/* escapes, so that yajl's buffer grows */
	HELD_MAX = 256 * 1024,
};

/* What yajl has passed to its callbacks. */
struct heard {
	unsigned char	text[16];
	size_t		n;
};

static int
selftest_string(void *ctx, const unsigned char *p, size_t n)
{
	struct heard	*h = ctx;

	h->n = n;
	if (n <= sizeof(h->text))
		memcpy(h->text, p, n);
	return 1;
}

static const yajl_callbacks callbacks = { .yajl_string = selftest_string };

/* Memory functions that count the pieces in use. */
static void *
counted_alloc(void *ctx, size_t n)
{
	long	*held = ctx;

	(*held)++;
	return malloc(n);
}

static void *
counted_realloc(void *ctx, void *p, size_t n)
{
	long	*held = ctx;

	if (p == NULL)
		(*held)++;
	return realloc(p, n);
}

static void
counted_free(void *ctx, void *p)
{
	long	*held = ctx;

	if (p != NULL)
		(*held)--;
	free(p);
}

/*
 * Returns whether the text was read.  "held" is set to the number of pieces
 * that were not freed.
 */
static bool
read_raw(const char *text, size_t n, struct heard *heard, long *held)
{
	yajl_alloc_funcs	funcs = {
		counted_alloc, counted_realloc, counted_free, held
	};
	yajl_handle		h;
	yajl_status		st;

	*heard = (struct heard){ .n = 0 };
	*held = 0;
	if ((h = yajl_alloc(&callbacks, &funcs, heard)) == NULL)
		return false;
	st = yajl_parse(h, (const unsigned char *)text, n);
	if (st == yajl_status_ok)
		st = yajl_complete_parse(h);
	yajl_free(h);
	return st == yajl_status_ok;
}

/*
 * CVE-2017-16516: after half a surrogate pair the decoder skipped the next
 * character, and so ran past the end of a string that ended there.
 */
static bool
test_surrogate(void)
{
	static const char	inside[] = "\"\\ud83dX\"";
	static const char	at_end[] = "\"\\ud83d\"";
	struct heard		heard;
	long			held;

	if (!read_raw(inside, sizeof(inside) - 1, &heard, &held) ||
	    heard.n < 2 || heard.text[heard.n - 1] != 'X')
		return false;
	return read_raw(at_end, sizeof(at_end) - 1, &heard, &held) &&
	    heard.n >= 1;
}

/*
 * CVE-2022-24795: the size of a growing buffer overflowed at some gigabytes.
 * json.c never passes on that much; this tests that growing works at all.
 */
static bool
test_growth(struct arena *mem)
{
	struct heard	 heard;
	long		 held;
	char		*text;
	size_t		 i;

	text = arena_alloc(mem, 2 * LONG + 2);
	text[0] = text[2 * LONG + 1] = '"';
	for (i = 0; i < LONG; i++)
		memcpy(text + 1 + 2 * i, "\\n", 2);
	return read_raw(text, 2 * LONG + 2, &heard, &held) &&
	    heard.n == LONG && held == 0;
}

/*
 * CVE-2023-33460: a failed parse leaked memory (in yajl's tree, which we do not
 * use).
 */
static bool
test_leak(void)
{
	static const char	broken[] = "{\"a\":{\"b\\n\":[\"c\\n\",}";
	struct heard		heard;
	long			held;

	return !read_raw(broken, sizeof(broken) - 1, &heard, &held) &&
	    held == 0;
}

/*
 * Text that is nested too deeply must be refused while it is read, not
 * afterwards.
 */
static bool
test_caps(struct arena *mem)
{
	static const char		deep[] = "[[[[[[[[]]]]]]]]";
	const struct json_caps		caps = { 64, 4, 64 };
	const struct json_node		*root;
	const char			*why;

	return json_parse(mem, deep, sizeof(deep) - 1, &caps, &root, &why) ==
	    CAL_TOOLARGE;
}

bool
json_selftest(void)
{
	struct arena	*mem;
	bool		 ok;

	mem = arena_new(HELD_MAX);
	ok = test_surrogate() && test_growth(mem) && test_leak() &&
	    test_caps(mem);
	arena_free(mem);
	return ok;
}
