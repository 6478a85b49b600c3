/*
 * fuzz cursor: a cursor is accepted only in the form in which it is written,
 * and reads back as the value it was written from; no list accepts the cursor
 * of another list.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "app/route/query.h"
#include "lib/arena.h"
#include "lib/req.h"
#include "lib/uri.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
must(bool so)
{
	if (!so)
		abort();
}

/* Reads a cursor that a client gives in the query string. */
static enum cal_err
give(struct req *r, const char *cursor, char kind, const char **last)
{
	r->query = arena_printf(r->mem, "limit=1&after=%s",
	    uri_encode(r->mem, cursor));
	return cursor_read(r, kind, last);
}

static void
test_read(struct req *r, const char *text)
{
	const char	*last;

	if (give(r, text, 'e', &last) != CAL_OK) {
		must(last == NULL && strcmp(r->code, "cursor_invalid") == 0);
		return;
	}
	must(last != NULL && last[0] != '\0');
	must(strcmp(cursor_write(r, 'e', last), text) == 0);
	must(give(r, text, 'm', &last) != CAL_OK);
}

static void
test_write(struct req *r, const char *text)
{
	const char	*last;

	must(give(r, cursor_write(r, 'e', text), 'e', &last) == CAL_OK);
	must(strcmp(last, text) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct req	 r = { .query = "" };
	const char	*text;

	if (n > 4096)
		return 0;
	r.mem = arena_new((size_t)16 << 20);
	text = arena_ndup(r.mem, p, n);
	test_read(&r, text);
	if (text[0] != '\0')
		test_write(&r, text);
	arena_free(r.mem);
	return 0;
}
