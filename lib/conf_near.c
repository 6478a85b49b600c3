/*
 * conf_near: finds the known name that a misspelt one probably means.
 */
#include <string.h>

#include "lib/arena.h"
#include "lib/conf_source.h"

static size_t
least_of(size_t a, size_t b, size_t c)
{
	if (b < a)
		a = b;
	return c < a ? c : a;
}

/*
 * Returns how many insertions, deletions and replacements turn "a" into "b"
 * (Levenshtein distance), keeping one row of the table.
 */
static size_t
edit_distance(struct arena *mem, const char *a, const char *b)
{
	size_t	*row, i, j, n = strlen(b), diagonal, above;

	row = arena_array(mem, n + 1, sizeof(*row));
	for (j = 0; j <= n; j++)
		row[j] = j;
	for (i = 0; a[i] != '\0'; i++) {
		diagonal = row[0];
		row[0] = i + 1;
		for (j = 1; j <= n; j++) {
			above = row[j];
			row[j] = least_of(above + 1, row[j - 1] + 1,
			    diagonal + (a[i] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[n];
}

const struct conf_item *
conf_nearest(struct arena *mem, const struct conf_item *items, size_t n,
    const char *name, size_t *distance)
{
	const struct conf_item	*best = NULL;
	size_t			 i, d;

	*distance = 0;
	for (i = 0; i < n; i++) {
		d = edit_distance(mem, name, items[i].name);
		if (best == NULL || d < *distance) {
			best = &items[i];
			*distance = d;
		}
	}
	return best;
}
