/*
 * words: lists of words that end with NULL.
 */
#ifndef LIB_WORDS_H
#define LIB_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* Returns whether the list holds exactly this word. */
bool	words_have(const char *const *list, const char *word);
/*
 * Returns the words with the separator between each two, in the arena; ""
 * without any.
 */
const char *words_join(struct arena *, const char *const *list,
	    const char *separator);
/*
 * Returns how many insertions, deletions and replacements turn "a" into "b"
 * (Levenshtein distance).
 */
size_t	words_distance(struct arena *, const char *a, const char *b);
/*
 * Returns the word of the list that is nearest to this one by that measure, the
 * first of several; NULL if the list is empty.
 */
const char *words_nearest(struct arena *, const char *const *list,
	    const char *word);

#endif
