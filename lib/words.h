/*
 * words: lists of words that end with NULL.
 */
#ifndef LIB_WORDS_H
#define LIB_WORDS_H

#include <stdbool.h>

/* Is it one of them, letter by letter? */
bool	words_have(const char *const *list, const char *word);

#endif
