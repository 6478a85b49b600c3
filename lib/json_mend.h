/*
 * json_mend: finds and replaces broken escapes in JSON text.  For lib/json*.c
 * alone.
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

/* Returns the code of the \uXXXX at "p", or JSON_NO_ESCAPE. */
int32_t		 json_escape_code(const char *p, size_t n);

/*
 * Replaces every escaped surrogate that has no partner by an escaped U+FFFD.
 * Such halves come from programs that cut a name with an emoji after so many
 * characters; RFC 8259 allows them, UTF-8 does not.  The length stays the same.
 * Returns the same pointer if there was nothing to replace.
 */
const char	*json_mend_surrogates(struct arena *, const char *, size_t n);

#endif
