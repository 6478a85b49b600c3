/*
 * metrics_view: how the numbers of a table of metrics lie in a row.  For
 * lib/metrics*.c alone.
 */
#ifndef LIB_METRICS_VIEW_H
#define LIB_METRICS_VIEW_H

#include <stddef.h>
#include <stdint.h>

#include "lib/metrics.h"

/* Of a scraped metric that nobody has put there. */
#define METRICS_UNKNOWN	INT64_MIN

/*
 * Where a metric's numbers begin, how many values its labels have (1 without
 * a label), and how many numbers each pair of values has: 1, or a histogram's
 * buckets and its sum.
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

/* Of the first number of a pair of values. */
size_t	metrics_at(const struct metrics_place *, size_t a, size_t b);
/* What is scraped is not known yet. */
void	metrics_forget(struct metrics_view *);

#endif
