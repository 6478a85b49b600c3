/*
 * apply: see apply.h.
 *
 * A batch is one transaction that holds its rows of the queue, and their
 * connections, locked: a runner that dies lets go of them, and each is applied
 * once in effect.  If one of a batch can't be applied, the batch is done
 * again one by one.
 */
#include <stdlib.h>
#include <string.h>

#include "app/metric.h"
#include "app/repo/connection.h"
#include "app/repo/delivery.h"
#include "app/repo/event.h"
#include "app/repo/feed.h"
#include "app/repo/tenant.h"
#include "app/service/apply.h"
#include "app/service/apply_group.h"
#include "app/service/calendly.h"
#include "app/service/failing.h"
#include "lib/arena.h"
#include "lib/db.h"
#include "lib/log.h"

enum {
	BATCH = 128,
	BATCH_BYTES = 4 * 1024 * 1024,	/* of bodies */
	EVENTS_BYTES = 16 * 1024 * 1024,	/* about that many */
	MEMORY_MAX = 224 * 1024 * 1024,
	SCRATCH_MAX = 32 * 1024 * 1024,	/* one body, parsed */
	FEED_BATCH = 500,
	TRIES_MAX = 12,
};

/* One try at a batch. */
struct batch {
	struct arena	*mem;
	struct arena	*scratch;
	struct delivery	*all;
	const struct delivery **sorted;	/* by tenant */
	int		 n;
	struct group	*groups;
	int		 ngroups;
};

/* Tenants by number, as event_append wants them; each one's as they came. */
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

/* First what nobody waits for, then the heads of the feeds. */
static enum cal_err
batch_write(struct batch *b, struct calendly *cal)
{
	enum cal_err	 rc = CAL_OK;
	size_t		 room = EVENTS_BYTES;
	int		 i;

	for (i = 0; rc == CAL_OK && i < b->ngroups && room > 0; i++) {
		rc = tenant_set(cal->db, b->mem, b->groups[i].tenant_id);
		if (rc == CAL_OK)
			rc = group_apply(&b->groups[i], cal, b->mem, &room);
	}
	b->ngroups = i;
	for (i = 0; rc == CAL_OK && i < b->ngroups; i++) {
		if (b->ngroups > 1)
			rc = tenant_set(cal->db, b->mem,
			    b->groups[i].tenant_id);
		if (rc == CAL_OK)
			rc = group_append(&b->groups[i], cal, b->mem);
	}
	return rc;
}

/* A batch that is committed. */
static void
batch_count(const struct batch *b)
{
	int	 i, n = 0;

	for (i = 0; i < b->ngroups; i++)
		n += group_count(&b->groups[i]);
	metric_observe(METRIC_APPLY_BATCH, NULL, n);
}

/* Take up to "most" and apply them; if that fails, nothing is done. */
static enum cal_err
batch_run(struct batch *b, struct calendly *cal, int most)
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
	if ((rc = tenant_end(cal->db, rc)) == CAL_OK && b->n > 0) {
		batch_count(b);
		failing_heard(cal, b->mem, b->all, (size_t)b->n);
	}
	return rc;
}

static void
batch_init(struct batch *b)
{
	*b = (struct batch){
		.mem = arena_new(MEMORY_MAX),
		.scratch = arena_new(SCRATCH_MAX),
	};
}

static void
batch_release(struct batch *b)
{
	arena_free(b->mem);
	arena_free(b->scratch);
}

/* Lock it; CAL_NOTFOUND if it was erased, whoever has its user's name now. */
static enum cal_err
hold_connection(struct calendly *cal, struct batch *b)
{
	const struct delivery	*d = &b->all[0];
	struct connection	 c;
	enum cal_err		 rc;

	rc = connection_lock(cal->db, b->mem, d->user_id, &c);
	return rc != CAL_OK || strcmp(c.id, d->connection_id) == 0 ? rc :
	    CAL_NOTFOUND;
}

/*
 * Its event is written all the same, if that can be; in a transaction of its
 * own, for the delivery is no longer locked, and may have been erased.
 */
static enum cal_err
set_aside(struct calendly *cal, struct batch *b, const char *why,
    bool with_event)
{
	const struct delivery	*d = &b->all[0];
	enum cal_err		 rc;

	if ((rc = tenant_begin(cal->db, b->mem, d->tenant_id)) != CAL_OK)
		return rc;
	if ((rc = hold_connection(cal, b)) == CAL_OK)
		rc = delivery_mark_failed(cal->db, b->mem, d->id, why,
		    TRIES_MAX);
	if (rc == CAL_OK && with_event)
		rc = group_append_flagged(&b->groups[0], cal, b->mem);
	rc = tenant_end(cal->db, rc);
	return rc == CAL_NOTFOUND ? CAL_OK : rc;
}

/* For who has to mend it. */
static const char *
reason(const struct calendly *cal, const struct batch *b, enum cal_err rc)
{
	const char	*failure = db_failure(cal->db);

	return failure[0] != '\0' ? arena_dup(b->mem, failure) : err_name(rc);
}

/* The next one alone. */
static enum cal_err
apply_single(struct calendly *cal, bool *worked)
{
	struct batch	 b;
	const char	*why;
	enum cal_err	 rc;

	batch_init(&b);
	rc = batch_run(&b, cal, 1);
	*worked = b.n > 0;
	if (rc != CAL_OK && rc != CAL_UNAVAILABLE && b.ngroups > 0) {
		why = reason(cal, &b, rc);
		log_warn("apply: delivery %s: %s: tried again later",
		    b.all[0].id, why);
		metric_delivery(b.all[0].kind, b.all[0].tries + 1 <
		    TRIES_MAX ? "failed" : "parked");
		rc = set_aside(cal, &b, why, true);
		if (rc != CAL_OK)
			rc = set_aside(cal, &b, why, false);
	}
	batch_release(&b);
	return rc;
}

/*
 * Not in the round's memory: each try has its own, all of it, so that what a
 * batch took is given back before its deliveries are tried one by one.
 */
enum cal_err
apply_some(struct calendly *cal, struct arena *mem, bool *worked)
{
	struct batch	 b;
	enum cal_err	 rc;
	bool		 more;
	int		 n;

	(void)mem;
	batch_init(&b);
	rc = batch_run(&b, cal, BATCH);
	n = b.n;
	batch_release(&b);
	*worked = more = n > 0;
	if (rc == CAL_OK || rc == CAL_UNAVAILABLE || !more)
		return rc;
	for (rc = CAL_OK; rc == CAL_OK && n > 0 && more; n--)
		rc = apply_single(cal, &more);
	return rc;
}

enum cal_err
apply_feed(struct calendly *cal, struct arena *mem, bool *worked)
{
	int64_t		 moved = 0;
	enum cal_err	 rc;

	rc = feed_extend(cal->db, mem, FEED_BATCH, &moved);
	*worked = rc == CAL_OK && moved > 0;
	return rc;
}
