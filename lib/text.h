/*
 * text: a part of a longer text.  It is not copied, so the longer text must
 * stay.
 */
#ifndef LIB_TEXT_H
#define LIB_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct text {
	const char	*p;
	size_t		 n;
};

/* Tells whether this is a space, a tab, or a character that ends a line. */
bool		text_is_blank(char);
/* Returns the text without the blanks at its beginning and end. */
struct text	text_trimmed(const char *, size_t);

#endif
