/*
 * conf_near: finds the known name that a misspelt one probably means.
 */
#include <stddef.h>

#include "lib/conf_source.h"
#include "lib/words.h"

const struct conf_item *
conf_nearest(struct arena *mem, const struct conf_item *items, size_t n,
    const char *name, size_t *distance)
{
	const struct conf_item	*best = NULL;
	size_t			 i, d;

	*distance = 0;
	for (i = 0; i < n; i++) {
		d = words_distance(mem, name, items[i].name);
		if (best == NULL || d < *distance) {
			best = &items[i];
			*distance = d;
		}
	}
	return best;
}
