/*
 * metrics_view: how the numbers of all metrics lie in one array.  For
 * lib/metrics*.c alone.
 */
#ifndef LIB_METRICS_VIEW_H
#define LIB_METRICS_VIEW_H

#include <stddef.h>
#include <stdint.h>

#include "lib/metrics.h"

/* The value of a scraped metric that nobody has set. */
#define METRICS_UNKNOWN	INT64_MIN

/*
 * Where a metric's numbers begin, how many values each label has (1 without a
 * label), and how many numbers each pair of values takes: 1, or a histogram's
 * buckets and sum.
 */
struct metrics_place {
	size_t	at;
	size_t	values[METRICS_LABELS];
	size_t	width;
};

struct metrics_view {
	const struct metric		*table;
	const struct metrics_place	*place;
	size_t				 n;	/* metrics */
	int64_t				*number;
};

/* Returns the index of the first number of a pair of values. */
size_t	metrics_at(const struct metrics_place *, size_t a, size_t b);
/* Marks all scraped metrics as not known yet. */
void	metrics_forget(struct metrics_view *);

#endif
