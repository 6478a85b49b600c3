/*
 * metrics: numbers that several processes count and any of them can show
 * (Prometheus' text format).
 *
 * The numbers live in one shared mapping, made before the first fork: a slot
 * for each process, laid out by one static table.  A process writes only to its
 * own slot, one whole number at a time, and needs no lock; a reader sums the
 * slots.  So a process that is killed between any two instructions leaves
 * consistent numbers.
 *
 * When a process has ended, its slot goes to the next new process, which counts
 * on from there.  So counters never go down while the parent lives.  A gauge
 * counts only while the process that set it lives.
 *
 * The mapping is global to a process, as the log is: any function may count.
 * Without it (in tests and tools) nothing is counted and nothing fails.
 */
#ifndef LIB_METRICS_H
#define LIB_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct buf;

enum {
	METRICS_LABELS = 2,		/* most labels that a metric may have */
	METRICS_NO_SLOT = -1,
};

/* The last bound of a histogram: the bucket of everything above the others. */
#define METRICS_INF	INT64_MAX

enum metrics_type {
	METRICS_COUNTER,
	METRICS_GAUGE,
	METRICS_HISTOGRAM,
};

/*
 * A closed list of label values.  A value that is not in the list counts as the
 * last one.
 */
struct metrics_label {
	const char		*name;
	const char *const	*values;	/* ends with NULL */
};

struct metric {
	const char			*name;
	const char			*help;
	enum metrics_type		 type;
	const struct metrics_label	*label[METRICS_LABELS];
	const int64_t			*bounds;	/* of a histogram */
	int64_t		 per;		/* how many of the unit that is
					 * counted make one of the unit that
					 * is shown: 1000 for ms shown as
					 * seconds; 0: 1 */
	bool		 sparse;	/* omit series at 0 */
	bool		 scraped;	/* set by metrics_put(); not shown
					 * otherwise */
};

/*
 * Makes the mapping.  The parent of all processes that count calls it, and
 * counts in it, too.  The table is borrowed for good.
 */
void	 metrics_open(const struct metric *, size_t n);
void	 metrics_close(void);

/*
 * The parent calls it before a fork.  Returns a slot, or METRICS_NO_SLOT if
 * none is left.
 */
int	 metrics_take(void);
/* The child calls it after the fork.  METRICS_NO_SLOT: it counts nothing. */
void	 metrics_use(int slot);
/* The parent calls it when the child has ended. */
void	 metrics_release(int slot);

/*
 * Adds to metric "id".  "a" and "b" are the numbers of the values of its
 * labels; 0 stands for a label that the metric does not have.
 */
void	 metrics_add(int id, int a, int b, int64_t n);
void	 metrics_set(int id, int a, int b, int64_t value);
void	 metrics_observe(int id, int a, int b, int64_t value);
/*
 * Returns the number of a label's value, or that of the list's last value if it
 * is not in the list.
 */
int	 metrics_value(const struct metrics_label *, const char *);

/*
 * Uses a gauge without labels as a counting semaphore: adds one, unless the sum
 * over all processes would pass "most".  A process that dies gives back what it
 * claimed.
 */
bool	 metrics_claim(int id, int64_t most);
void	 metrics_unclaim(int id);
/* Returns the sum over all processes. */
int64_t	 metrics_sum(int id);

/* Returns all numbers as they are now; NULL without a mapping. */
struct metrics_view	*metrics_look(struct arena *);
void	 metrics_put(struct metrics_view *, int id, int a, int b,
	    int64_t value);
/* Writes them as text/plain; version=0.0.4. */
void	 metrics_write(const struct metrics_view *, struct buf *);

#endif
