/*
 * words: see words.h.
 */
#include <stddef.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/words.h"

bool
words_have(const char *const *list, const char *word)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, word) == 0)
			return true;
	return false;
}

const char *
words_join(struct arena *mem, const char *const *list, const char *separator)
{
	struct buf	 b;

	buf_init(&b, mem, 0);
	for (; *list != NULL; list++)
		(void)buf_printf(&b, "%s%s", b.n > 0 ? separator : "", *list);
	return b.n > 0 ? b.p : "";
}
