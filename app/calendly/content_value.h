/*
 * content_value: turns JSON values into texts of limited size, for
 * content_put.c.
 */
#ifndef APP_CALENDLY_CONTENT_VALUE_H
#define APP_CALENDLY_CONTENT_VALUE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct json_node;

/*
 * A value as a text, cut at 16 KiB.  A list of plain values becomes "a, b"; any
 * other array or object becomes its JSON.  "size" is in bytes; the text may
 * hold a NUL.
 */
const char	*value_text(struct arena *, const struct json_node *,
		    size_t *size, bool *was_cut);
/* Roughly how many bytes an object's members will have as texts. */
size_t		 value_weight(const struct json_node *);

#endif
