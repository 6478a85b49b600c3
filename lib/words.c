/*
 * words: see words.h.
 */
#include <stddef.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/words.h"

bool
words_have(const char *const *list, const char *word)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, word) == 0)
			return true;
	return false;
}

const char *
words_join(struct arena *mem, const char *const *list, const char *separator)
{
	struct buf	 b;

	buf_init(&b, mem, 0);
	for (; *list != NULL; list++)
		(void)buf_printf(&b, "%s%s", b.n > 0 ? separator : "", *list);
	return b.n > 0 ? b.p : "";
}

static size_t
least_of(size_t a, size_t b, size_t c)
{
	if (b < a)
		a = b;
	return c < a ? c : a;
}

/* Keeps one row of the table of distances between the words' beginnings. */
size_t
words_distance(struct arena *mem, const char *a, const char *b)
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

const char *
words_nearest(struct arena *mem, const char *const *list, const char *word)
{
	const char	*best = NULL;
	size_t		 d, least = 0;

	for (; *list != NULL; list++) {
		d = words_distance(mem, *list, word);
		if (best == NULL || d < least) {
			best = *list;
			least = d;
		}
	}
	return best;
}
