/*
 * text: see text.h.
 */
#include "lib/text.h"

bool
text_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct text
text_trimmed(const char *p, size_t n)
{
	while (n > 0 && text_is_blank(*p)) {
		p++;
		n--;
	}
	while (n > 0 && text_is_blank(p[n - 1]))
		n--;
	return (struct text){ p, n };
}
