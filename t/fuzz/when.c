/*
 * fuzz when: what is read is in one form, of one length, and read again it is
 * the same; what ends in "Z" keeps its date and time.
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

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena	*mem;
	const char	*text, *when;

	if (n > 4096)
		return 0;
	mem = arena_new((size_t)1 << 20);
	text = arena_ndup(mem, p, n);
	if ((when = when_read(mem, text)) != NULL) {
		must(strlen(when) == WHEN_SZ);
		must(strspn(when, "0123456789-T:.Z") == WHEN_SZ);
		must(strcmp(when, "1970") >= 0 && strcmp(when, "9999~") < 0);
		must(strcmp(when_read(mem, when), when) == 0);
		must(strchr(text, 'Z') == NULL || memcmp(text, when, 19) == 0);
	}
	arena_free(mem);
	return 0;
}
