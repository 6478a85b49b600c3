/*
 * utf8: telling valid UTF-8 from other bytes (RFC 3629).
 */
#ifndef LIB_UTF8_H
#define LIB_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* U+FFFD, which replaces bytes that are not UTF-8. */
#define UTF8_REPLACEMENT	"\xef\xbf\xbd"

/*
 * Returns the length of the character that begins at "p", where "n" bytes are
 * left; 0 if no valid character begins there: a stray or missing continuation
 * byte, an overlong form, a surrogate, or a code above U+10FFFF.
 */
size_t	utf8_len(const void *p, size_t n);
bool	utf8_valid(const void *p, size_t n);

#endif
