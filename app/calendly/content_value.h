/*
 * content_value: JSON values as bounded texts, for content_put.c.
 */
#ifndef APP_CALENDLY_CONTENT_VALUE_H
#define APP_CALENDLY_CONTENT_VALUE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct json_node;

/*
 * A value as a text, cut at 16 KiB: a list of plain ones is "a, b", any other
 * array or object its JSON.
 */
const char	*value_text(struct arena *, const struct json_node *,
		    size_t *size, bool *was_cut);
/* About how many bytes an object's members will be as texts. */
size_t		 value_weight(const struct json_node *);

#endif
