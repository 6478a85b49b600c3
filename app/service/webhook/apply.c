/*
 * apply: see apply.h.
 *
 * A batch is one transaction that keeps its rows of the queue, and their
 * connections, locked.  So if a runner dies, its rows are free again, and each
 * delivery takes effect exactly once.  If one delivery of a batch can't be
 * applied, the batch is rolled back and its deliveries are applied one by one.
 * If another process holds a row of one of its tenants, the batch is rolled
 * back too, and the next ones leave out that tenant for some seconds.
 */
#include <string.h>

#include "app/metric/metric.h"
#include "app/repo/connection.h"
#include "app/repo/delivery.h"
#include "app/repo/event.h"
#include "app/repo/feed.h"
#include "app/repo/tx.h"
#include "app/service/service.h"
#include "app/service/webhook/apply.h"
#include "app/service/webhook/apply_batch.h"
#include "app/service/webhook/apply_tenant.h"
#include "app/service/webhook/held.h"
#include "lib/arena.h"
#include "lib/db.h"
#include "lib/log.h"

enum {
	BATCH = 128,
	FEED_BATCH = 500,
	TRIES_MAX = 12,
};

/*
 * Locks the delivery's connection.  CAL_NOTFOUND: the connection was erased; a
 * connection that the same user has made since then is another one.
 */
static enum cal_err
hold_connection(struct tx *tx, const struct delivery *d)
{
	struct connection	 c;
	enum cal_err		 rc;

	rc = connection_lock(tx, d->user_id, &c);
	return rc != CAL_OK || strcmp(c.id, d->connection_id) == 0 ? rc :
	    CAL_NOTFOUND;
}

/*
 * Marks a delivery that can't be applied as failed.  "with_event": its event is
 * written all the same, flagged.  This is a transaction of its own, in which
 * the delivery is no longer locked and may have been erased.
 */
static enum cal_err
set_aside(struct service *cal, struct batch *b, const char *why,
    bool with_event)
{
	const struct delivery	*d = &b->all[0];
	struct tx		 tx;
	enum cal_err		 rc;

	if ((rc = tx_begin(&tx, cal->db, b->mem, d->tenant_id)) != CAL_OK)
		return rc;
	if ((rc = hold_connection(&tx, d)) == CAL_OK)
		rc = delivery_mark_failed(&tx, d->id, why, TRIES_MAX);
	if (rc == CAL_OK && with_event)
		rc = group_append_flagged(&b->groups[0], &tx);
	rc = tx_end(&tx, rc);
	return rc == CAL_NOTFOUND ? CAL_OK : rc;
}

/* Why the delivery can't be applied, for the person who has to mend it. */
static const char *
apply_reason(const struct service *cal, const struct batch *b, enum cal_err rc)
{
	const char	*failure = db_failure(cal->db);

	return failure[0] != '\0' ? arena_dup(b->mem, failure) : err_name(rc);
}

/* Applies the next delivery alone. */
static enum cal_err
apply_single(struct service *cal, bool *worked)
{
	struct batch	 b;
	const char	*why;
	enum cal_err	 rc;

	batch_init(&b);
	rc = batch_run(&b, cal, 1);
	*worked = b.n > 0;
	if (batch_is_held(&b, cal, rc))
		rc = CAL_OK;
	else if (rc != CAL_OK && rc != CAL_UNAVAILABLE && b.ngroups > 0) {
		why = apply_reason(cal, &b, rc);
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
 * Nothing could be taken from the queue: either it is empty, or another process
 * holds the connections of all deliveries at its head.  Those are put off, so
 * that the next batch finds what is behind them.
 */
static enum cal_err
look_behind(struct service *cal, struct arena *mem, bool *worked)
{
	int64_t		 moved = 0;
	enum cal_err	 rc;

	rc = delivery_postpone(cal->db, mem, &cal->queue, BATCH, HELD_SECONDS,
	    &moved);
	if (moved > 0)
		log_warn("apply: somebody holds connections: %lld deliveries "
		    "of theirs stood before all others and wait %d s",
		    (long long)moved, HELD_SECONDS);
	*worked = moved > 0;
	return rc;
}

/*
 * Each try has memory of its own instead of "mem", so that the memory of a
 * failed batch is free again before its deliveries are tried one by one.
 */
enum cal_err
apply_some(struct service *cal, struct arena *mem, bool *worked)
{
	struct batch	 b;
	enum cal_err	 rc;
	bool		 more, held;
	int		 n;

	batch_init(&b);
	rc = batch_run(&b, cal, BATCH);
	n = b.n;
	held = batch_is_held(&b, cal, rc);
	batch_release(&b);
	*worked = more = n > 0;
	if (rc == CAL_OK && n == 0)
		return look_behind(cal, mem, worked);
	if (rc == CAL_OK || held)
		return CAL_OK;
	if (rc == CAL_UNAVAILABLE || !more)
		return rc;
	for (rc = CAL_OK; rc == CAL_OK && n > 0 && more; n--)
		rc = apply_single(cal, &more);
	return rc;
}

enum cal_err
apply_feed(struct service *cal, struct arena *mem, bool *worked)
{
	int64_t		 moved = 0;
	enum cal_err	 rc;

	rc = feed_extend(cal->db, mem, FEED_BATCH, &moved);
	*worked = rc == CAL_OK && moved > 0;
	return rc;
}
