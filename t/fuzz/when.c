/*
 * fuzz when: every time that is read gets the same form and length, and reads
 * back as itself; a time that ends in "Z" keeps its date and time of day; the
 * loose reader reads whatever the strict one accepts, with the same result.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/when.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
must(bool so)
{
	if (!so)
		abort();
}

static void
must_have_form(struct arena *mem, const char *when)
{
	must(strlen(when) == WHEN_SZ);
	must(strspn(when, "0123456789-T:.Z") == WHEN_SZ);
	must(strcmp(when, "1970") >= 0 && strcmp(when, "9999~") < 0);
	must(strcmp(when_read(mem, when), when) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena	*mem;
	const char	*text, *when, *loose;

	if (n > 4096)
		return 0;
	mem = arena_new((size_t)1 << 20);
	text = arena_ndup(mem, p, n);
	if ((when = when_read(mem, text)) != NULL) {
		must_have_form(mem, when);
		must(strchr(text, 'Z') == NULL || memcmp(text, when, 19) == 0);
	}
	loose = when_read_loose(mem, text);
	must(when == NULL || (loose != NULL && strcmp(when, loose) == 0));
	if (loose != NULL)
		must_have_form(mem, loose);
	arena_free(mem);
	return 0;
}
