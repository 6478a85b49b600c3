/*
 * text: a part of a longer text, which it borrows.
 */
#ifndef LIB_TEXT_H
#define LIB_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct text {
	const char	*p;
	size_t		 n;
};

/* A space, a tab, or a part of the end of a line. */
bool		text_is_blank(char);
/* Without the blanks around it. */
struct text	text_trimmed(const char *, size_t);

#endif
