/*
 * metrics: see metrics.h.  This file counts; metrics_text.c shows.
 *
 * Every process is the only writer of its slot, and only one of its threads
 * runs at a time (task.h).  So an addition is a plain load and store, with no
 * atomic read-modify-write.
 */
#include <sys/mman.h>

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/err.h"
#include "lib/metrics.h"
#include "lib/metrics_view.h"

enum {
	SLOTS = 4096,		/* three times the most processes */
	PAGE = 4096,
	NUMBERS_A_PAGE = PAGE / sizeof(int64_t),
};

static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "numbers must be lock-free");

static struct {
	const struct metric	*table;
	struct metrics_place	*place;
	size_t			 n;
	size_t			 numbers;	/* numbers in one slot */
	size_t			 slotsz;	/* including padding to whole
						 * pages */
	void			*map;
	size_t			 mapsz;
	atomic_int		*reached;	/* slots ever used */
	_Atomic int64_t		*slots;
	_Atomic int64_t		*mine;		/* our slot, or NULL */
	bool			 taken[SLOTS];	/* used by the parent only */
} region;

static size_t
count_values(const struct metrics_label *label)
{
	size_t	 n = 0;

	if (label == NULL)
		return 1;
	while (label->values[n] != NULL)
		n++;
	return n;
}

static size_t
width_of(const struct metric *m)
{
	size_t	 n = 0;

	if (m->type != METRICS_HISTOGRAM)
		return 1;
	while (m->bounds[n++] != METRICS_INF)
		;
	return n + 1;
}

static void
lay_out(const struct metric *table, size_t n)
{
	struct metrics_place	*p;
	size_t			 i, at = 0;

	if ((region.place = calloc(n, sizeof(*region.place))) == NULL)
		err_nomem("metrics");
	for (i = 0; i < n; i++) {
		p = &region.place[i];
		p->at = at;
		p->values[0] = count_values(table[i].label[0]);
		p->values[1] = count_values(table[i].label[1]);
		p->width = width_of(&table[i]);
		at += p->values[0] * p->values[1] * p->width;
	}
	region.table = table;
	region.n = n;
	region.numbers = at;
	region.slotsz = (at + NUMBERS_A_PAGE - 1) / NUMBERS_A_PAGE *
	    NUMBERS_A_PAGE;
}

/* The mapping consists of a page about the slots, and then the slots. */
static void
map_counters(void)
{
	region.mapsz = PAGE + SLOTS * region.slotsz * sizeof(int64_t);
	region.map = mmap(NULL, region.mapsz, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (region.map == MAP_FAILED)
		err_nomem("metrics");
	region.reached = region.map;
	region.slots = (_Atomic int64_t *)region.map + NUMBERS_A_PAGE;
}

void
metrics_open(const struct metric *table, size_t n)
{
	assert(region.map == NULL);
	lay_out(table, n);
	map_counters();
	metrics_use(metrics_take());
}

void
metrics_close(void)
{
	if (region.map != NULL)
		(void)munmap(region.map, region.mapsz);
	free(region.place);
	memset(&region, 0, sizeof(region));
}

static _Atomic int64_t *
slot_at(int slot)
{
	return region.slots + (size_t)slot * region.slotsz;
}

/*
 * Returns the lowest free slot, because a reader sums all slots up to the
 * highest that was ever used.
 */
int
metrics_take(void)
{
	int	 i;

	if (region.map == NULL)
		return METRICS_NO_SLOT;
	for (i = 0; i < SLOTS; i++) {
		if (region.taken[i])
			continue;
		region.taken[i] = true;
		if (i >= atomic_load(region.reached))
			atomic_store(region.reached, i + 1);
		return i;
	}
	return METRICS_NO_SLOT;
}

void
metrics_use(int slot)
{
	region.mine = slot == METRICS_NO_SLOT ? NULL : slot_at(slot);
}

void
metrics_release(int slot)
{
	_Atomic int64_t	*numbers;
	size_t		 i, at;

	if (region.map == NULL || slot == METRICS_NO_SLOT)
		return;
	numbers = slot_at(slot);
	for (i = 0; i < region.n; i++) {
		if (region.table[i].type != METRICS_GAUGE)
			continue;
		at = region.place[i].at;
		for (; at < region.place[i].at + region.place[i].values[0] *
		    region.place[i].values[1]; at++)
			atomic_store(&numbers[at], 0);
	}
	region.taken[slot] = false;
}

static void
add_atomic(_Atomic int64_t *number, int64_t n)
{
	atomic_store_explicit(number, atomic_load_explicit(number,
	    memory_order_relaxed) + n, memory_order_relaxed);
}

static _Atomic int64_t *
counter_number(int id, int a, int b)
{
	return &region.mine[metrics_at(&region.place[id], (size_t)a,
	    (size_t)b)];
}

void
metrics_add(int id, int a, int b, int64_t n)
{
	if (region.mine != NULL)
		add_atomic(counter_number(id, a, b), n);
}

void
metrics_set(int id, int a, int b, int64_t value)
{
	if (region.mine != NULL)
		atomic_store_explicit(counter_number(id, a, b), value,
		    memory_order_relaxed);
}

/*
 * A bucket counts only its own values; metrics_text.c adds up the buckets below
 * it.
 */
void
metrics_observe(int id, int a, int b, int64_t value)
{
	const int64_t	*bound;
	_Atomic int64_t	*bucket;

	if (region.mine == NULL)
		return;
	bucket = counter_number(id, a, b);
	add_atomic(&bucket[region.place[id].width - 1], value);
	for (bound = region.table[id].bounds; value > *bound; bound++)
		bucket++;
	add_atomic(bucket, 1);
}

int
metrics_value(const struct metrics_label *label, const char *value)
{
	int	 i = 0;

	while (label->values[i + 1] != NULL &&
	    strcmp(label->values[i], value) != 0)
		i++;
	return i;
}

int64_t
metrics_sum(int id)
{
	int64_t	 sum = 0;
	int	 i;

	if (region.map == NULL)
		return 0;
	for (i = 0; i < atomic_load(region.reached); i++)
		sum += atomic_load(&slot_at(i)[region.place[id].at]);
	return sum;
}

/*
 * Each process counts itself first and then reads the sum.  So of two that do
 * it at the same time each sees the other, and they cannot both take the last
 * place.
 */
bool
metrics_claim(int id, int64_t most)
{
	_Atomic int64_t	*number;

	if (region.map == NULL)
		return true;
	if (region.mine == NULL)
		return false;
	number = counter_number(id, 0, 0);
	atomic_fetch_add(number, 1);
	if (metrics_sum(id) <= most)
		return true;
	atomic_fetch_sub(number, 1);
	return false;
}

void
metrics_unclaim(int id)
{
	if (region.mine != NULL)
		atomic_fetch_sub(counter_number(id, 0, 0), 1);
}

struct metrics_view *
metrics_look(struct arena *mem)
{
	struct metrics_view	*v;
	size_t			 k;
	int			 i;

	if (region.map == NULL)
		return NULL;
	v = arena_alloc(mem, sizeof(*v));
	*v = (struct metrics_view){
		.table = region.table,
		.place = region.place,
		.n = region.n,
		.number = arena_array(mem, region.numbers, sizeof(int64_t)),
	};
	for (i = 0; i < atomic_load(region.reached); i++)
		for (k = 0; k < region.numbers; k++)
			v->number[k] += atomic_load_explicit(&slot_at(i)[k],
			    memory_order_relaxed);
	metrics_forget(v);
	return v;
}
