/*
 * words: see words.h.
 */
#include <stddef.h>
#include <string.h>

#include "lib/words.h"

bool
words_have(const char *const *list, const char *word)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, word) == 0)
			return true;
	return false;
}
