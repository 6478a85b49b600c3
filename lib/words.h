/*
 * words: lists of words that end with NULL.
 */
#ifndef LIB_WORDS_H
#define LIB_WORDS_H

#include <stdbool.h>

/* Returns whether the list holds exactly this word. */
bool	words_have(const char *const *list, const char *word);

#endif
