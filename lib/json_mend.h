/*
 * json_mend: escapes in JSON text.  For lib/json*.c alone.
 */
#ifndef LIB_JSON_MEND_H
#define LIB_JSON_MEND_H

#include <stddef.h>
#include <stdint.h>

struct arena;

enum {
	JSON_ESCAPE = 6,	/* bytes of \uXXXX */
	JSON_NO_ESCAPE = -1,
};

/* What the \uXXXX at "p" stands for, or JSON_NO_ESCAPE. */
int32_t		 json_escape_code(const char *p, size_t n);

/*
 * The text with U+FFFD for every escaped surrogate that has no partner (half
 * an emoji, where somebody cut a name at so many characters).  The grammar
 * of RFC 8259 allows them, UTF-8 does not.  Same length; the same pointer if
 * there was nothing to mend.
 */
const char	*json_mend_surrogates(struct arena *, const char *, size_t n);

#endif
