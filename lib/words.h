/*
 * words: lists of words that end with NULL.
 */
#ifndef LIB_WORDS_H
#define LIB_WORDS_H

#include <stdbool.h>

struct arena;

/* Returns whether the list holds exactly this word. */
bool	words_have(const char *const *list, const char *word);
/*
 * Returns the words with the separator between each two, in the arena; ""
 * without any.
 */
const char *words_join(struct arena *, const char *const *list,
	    const char *separator);

#endif
