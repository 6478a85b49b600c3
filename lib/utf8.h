/*
 * utf8: telling UTF-8 from other bytes (RFC 3629).
 */
#ifndef LIB_UTF8_H
#define LIB_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* U+FFFD, which stands for what was not UTF-8. */
#define UTF8_REPLACEMENT	"\xef\xbf\xbd"

/*
 * The length of the character that begins at "p", of "n" bytes; 0 if none
 * does: a stray or missing continuation, an overlong form, a surrogate, or
 * beyond U+10FFFF.
 */
size_t	utf8_len(const void *p, size_t n);
bool	utf8_valid(const void *p, size_t n);

#endif
