/*
 * metrics_view: see metrics_view.h.
 */
#include <assert.h>

#include "lib/metrics_view.h"

size_t
metrics_at(const struct metrics_place *p, size_t a, size_t b)
{
	assert(a < p->values[0] && b < p->values[1]);
	return p->at + (a * p->values[1] + b) * p->width;
}

static size_t
numbers_of(const struct metrics_place *p)
{
	return p->values[0] * p->values[1] * p->width;
}

void
metrics_forget(struct metrics_view *v)
{
	size_t	 i, k;

	for (i = 0; i < v->n; i++)
		for (k = 0; v->table[i].scraped &&
		    k < numbers_of(&v->place[i]); k++)
			v->number[v->place[i].at + k] = METRICS_UNKNOWN;
}
