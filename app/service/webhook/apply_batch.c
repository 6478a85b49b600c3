/*
 * apply_batch: see apply_batch.h.
 */
#include <stdlib.h>
#include <string.h>

#include "app/metric/metric.h"
#include "app/repo/delivery.h"
#include "app/repo/tx.h"
#include "app/service/service.h"
#include "app/service/subscription/failing.h"
#include "app/service/webhook/apply_batch.h"
#include "app/service/webhook/apply_tenant.h"
#include "app/service/webhook/held.h"
#include "lib/arena.h"
#include "lib/db.h"
#include "lib/log.h"

enum {
	BATCH_BYTES = 4 * 1024 * 1024,	/* bodies that one batch takes */
	EVENTS_BYTES = 16 * 1024 * 1024,	/* events that one batch
						 * writes, roughly */
	MEMORY_MAX = 224 * 1024 * 1024,
	SCRATCH_MAX = 32 * 1024 * 1024,	/* memory to parse one body */
};

/*
 * Orders deliveries by their tenant's number, because event_append requires
 * that order, and each tenant's as they came.
 */
static int
by_tenant(const void *x, const void *y)
{
	const struct delivery	*a = *(const struct delivery *const *)x;
	const struct delivery	*b = *(const struct delivery *const *)y;
	const long long		 i = strtoll(a->tenant_id, NULL, 10);
	const long long		 k = strtoll(b->tenant_id, NULL, 10);

	if (i != k)
		return i < k ? -1 : 1;
	return a < b ? -1 : a > b;
}

static void
batch_sort(struct batch *b)
{
	int	 i;

	b->sorted = arena_array(b->mem, (size_t)b->n, sizeof(*b->sorted));
	for (i = 0; i < b->n; i++)
		b->sorted[i] = &b->all[i];
	qsort(b->sorted, (size_t)b->n, sizeof(*b->sorted), by_tenant);
}

static void
batch_read(struct batch *b)
{
	int	 i, n;

	batch_sort(b);
	b->groups = arena_array(b->mem, (size_t)b->n, sizeof(*b->groups));
	for (i = 0; i < b->n; i += n) {
		for (n = 1; i + n < b->n; n++)
			if (strcmp(b->sorted[i + n]->tenant_id,
			    b->sorted[i]->tenant_id) != 0)
				break;
		group_read(&b->groups[b->ngroups++], b->mem, b->scratch,
		    &b->sorted[i], n);
	}
}

static enum cal_err
work_for(struct batch *b, struct service *cal, const struct group *g)
{
	return tx_enter(&b->tx, cal->db, b->mem, g->tenant_id);
}

/*
 * Applies each tenant's deliveries, up to the writing of their events.  Nobody
 * waits for the rows that this locks.
 */
static enum cal_err
write_rows(struct batch *b, struct service *cal)
{
	enum cal_err	 rc = CAL_OK;
	size_t		 room = EVENTS_BYTES;
	struct group	*g;
	int		 i;

	for (i = 0; rc == CAL_OK && i < b->ngroups && room > 0; i++) {
		g = &b->groups[i];
		if ((rc = work_for(b, cal, g)) == CAL_OK)
			rc = held_is(cal, g->tenant_id) ?
			    group_put_back(g, &b->tx) :
			    group_apply(g, &b->tx, cal->set, &room);
	}
	b->ngroups = i;
	return rc;
}

/*
 * Writes each tenant's rows first and locks the feeds' heads last, because
 * every other runner queues for a head: it is held for as short a time as
 * possible.
 */
static enum cal_err
batch_write(struct batch *b, struct service *cal)
{
	enum cal_err	 rc;
	int		 i;

	rc = write_rows(b, cal);
	for (i = 0; rc == CAL_OK && i < b->ngroups; i++) {
		if (b->groups[i].n == 0)
			continue;
		if (b->ngroups > 1)
			rc = work_for(b, cal, &b->groups[i]);
		if (rc == CAL_OK)
			rc = group_append(&b->groups[i], &b->tx);
	}
	return rc;
}

/* Counts what became of a batch, after its commit. */
static void
batch_count(const struct batch *b)
{
	int	 i, n = 0;

	for (i = 0; i < b->ngroups; i++)
		n += group_count(&b->groups[i]);
	metric_observe(METRIC_APPLY_BATCH, NULL, n);
}

void
batch_init(struct batch *b)
{
	*b = (struct batch){
		.mem = arena_new(MEMORY_MAX),
		.scratch = arena_new(SCRATCH_MAX),
	};
}

void
batch_release(struct batch *b)
{
	arena_free(b->mem);
	arena_free(b->scratch);
}

enum cal_err
batch_run(struct batch *b, struct service *cal, int most)
{
	enum cal_err	 rc;

	if ((rc = db_begin(cal->db)) != CAL_OK)
		return rc;
	rc = delivery_take(cal->db, b->mem, &cal->queue, most, BATCH_BYTES,
	    &b->all, &b->n);
	if (rc == CAL_OK && b->n > 0) {
		batch_read(b);
		rc = batch_write(b, cal);
	}
	if ((rc = db_end(cal->db, rc)) == CAL_OK && b->n > 0) {
		batch_count(b);
		failing_heard(cal, b->mem, b->all, (size_t)b->n);
	}
	return rc;
}

bool
batch_is_held(const struct batch *b, struct service *cal, enum cal_err rc)
{
	if (rc != CAL_UNAVAILABLE || b->tx.tenant_id == NULL ||
	    !db_was_locked(cal->db))
		return false;
	log_warn("apply: tenant %s: somebody holds its rows: its deliveries "
	    "wait %d s", b->tx.tenant_id, HELD_SECONDS);
	held_note(cal, b->tx.tenant_id);
	return true;
}
