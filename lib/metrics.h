/*
 * metrics: numbers that several processes count and anyone of them can show
 * (Prometheus' text format).
 *
 * They live in one shared mapping, made before the first fork: a slot for
 * each process, laid out by one static table.  A process writes to its own
 * slot alone, a whole number at a time, without locks; who wants to know
 * sums the slots.  So a process that is killed between any two instructions
 * leaves numbers that make sense.
 *
 * When a process has ended its slot goes to another one, which counts on
 * from there: counters never go down while the parent lives.  A gauge counts
 * only as long as the process that set it.
 *
 * The region is the process's own, as the log is: anything may count.
 * Without one (in tests, in tools) nothing is counted and nothing fails.
 */
#ifndef LIB_METRICS_H
#define LIB_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct buf;

enum {
	METRICS_LABELS = 2,		/* of one metric, at most */
	METRICS_NO_SLOT = -1,
};

/* The end of a histogram's bounds: what lies above all others. */
#define METRICS_INF	INT64_MAX

enum metrics_type {
	METRICS_COUNTER,
	METRICS_GAUGE,
	METRICS_HISTOGRAM,
};

/* A closed list of values; what is none of them counts as the last. */
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
	int64_t		 per;		/* of what is counted make one of what
					 * is shown: 1000 ms a second; 0: 1 */
	bool		 sparse;	/* don't show what stands at 0 */
	bool		 scraped;	/* known when looked at, put there by
					 * metrics_put(), else not shown */
};

/*
 * Make the region, by the parent of all who will count.  The table is
 * borrowed for good.  The parent counts, too.
 */
void	 metrics_open(const struct metric *, size_t n);
void	 metrics_close(void);

/* The parent, before a fork: a slot, or METRICS_NO_SLOT if none is left. */
int	 metrics_take(void);
/* The child, after it: count there; METRICS_NO_SLOT: count nothing. */
void	 metrics_use(int slot);
/* The parent, once the child has ended. */
void	 metrics_release(int slot);

/*
 * Of metric "id": "a" and "b" number the values of its labels, 0 where it has
 * no such label.
 */
void	 metrics_add(int id, int a, int b, int64_t n);
void	 metrics_set(int id, int a, int b, int64_t value);
void	 metrics_observe(int id, int a, int b, int64_t value);
/* The number of a label's value; of the last one if it is none of them. */
int	 metrics_value(const struct metrics_label *, const char *);

/*
 * A gauge without labels, as a counting semaphore: one more of it, unless
 * that would be more than "most" over all processes.  Who dies lets go.
 */
bool	 metrics_claim(int id, int64_t most);
void	 metrics_unclaim(int id);
/* What it stands at, over all processes. */
int64_t	 metrics_sum(int id);

/* All numbers of all slots at this moment; NULL without a region. */
struct metrics_view	*metrics_look(struct arena *);
void	 metrics_put(struct metrics_view *, int id, int a, int b,
	    int64_t value);
/* As text/plain; version=0.0.4. */
void	 metrics_write(const struct metrics_view *, struct buf *);

#endif
