/*
 * json_mend: for lib/json.c alone; json_parse_spoiled is in json.h.
 */
#ifndef LIB_JSON_MEND_H
#define LIB_JSON_MEND_H

#include <stddef.h>

struct arena;

/*
 * The text with U+FFFD for every escaped surrogate that has no partner (half
 * an emoji, where somebody cut a name at so many characters).  The grammar
 * of RFC 8259 allows them, UTF-8 does not.  Same length; the same pointer if
 * there was nothing to mend.
 */
const char	*json_mend_surrogates(struct arena *, const char *, size_t n);

#endif
