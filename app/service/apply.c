/*
 * apply: see apply.h.
 *
 * A batch is one transaction that holds its rows of the queue locked: a
 * runner that dies lets go of them, and each is applied once in effect.  If
 * one row of a batch can't be applied, the batch is done again one by one.
 */
#include <stdlib.h>
#include <string.h>

#include "app/calendly/payload.h"
#include "app/metric.h"
#include "app/repo/delivery.h"
#include "app/repo/event.h"
#include "app/repo/tenant.h"
#include "app/service/apply.h"
#include "app/service/calendly.h"
#include "lib/arena.h"
#include "lib/db.h"
#include "lib/json.h"
#include "lib/log.h"

enum {
	BATCH = 64,
	BATCH_BYTES = 4 * 1024 * 1024,
	SCRATCH_MAX = 32 * 1024 * 1024,	/* one body, parsed */
	FEED_BATCH = 500,
	TRIES_MAX = 12,
};

static const char *
unreadable_content(struct arena *mem, const struct delivery *d,
    const char *flaw)
{
	struct json	*j = json_new(mem);
	size_t		 n;

	json_object(j, NULL);
	json_str(j, "reason", flaw);
	json_num(j, "size", (int64_t)d->body.n);
	json_end(j);
	return json_done(j, &n);
}

static enum cal_err
apply_one(struct calendly *cal, struct arena *mem, const struct delivery *d)
{
	struct payload	 p;
	struct event_new ev = {
		.id = d->event_id,
		.connection_id = d->connection_id,
		.user_id = d->user_id,
		.source = "webhook",
		.received_at = d->received_at,
	};
	enum cal_err	 rc;

	if ((rc = tenant_set(cal->db, mem, d->tenant_id)) != CAL_OK)
		return rc;
	payload_read(mem, d->body, &p);
	if (d->flaw != NULL || p.flaw != NULL) {
		ev.type = "webhook.unreadable";
		ev.occurred_at = d->received_at;
		ev.body = unreadable_content(mem, d, d->flaw != NULL ?
		    d->flaw : p.flaw);
	} else {
		ev.type = p.kind;
		ev.occurred_at = p.created_at != NULL ? p.created_at :
		    d->received_at;
		ev.body = payload_content(mem, &p);
	}
	if ((rc = event_add(cal->db, mem, &ev)) != CAL_OK)
		return rc;
	return delivery_mark_done(cal->db, mem, d->id);
}

/* In a transaction of its own, for "d" is no longer locked. */
static enum cal_err
set_aside(struct calendly *cal, struct arena *mem, const struct delivery *d,
    enum cal_err why)
{
	enum cal_err	 rc;

	log_warn("apply: delivery %s: %s: tried again later", d->id,
	    err_name(why));
	metric_delivery(d->kind, "failed");
	if ((rc = tenant_begin(cal->db, mem, d->tenant_id)) != CAL_OK)
		return rc;
	return tenant_end(cal->db, delivery_mark_failed(cal->db, mem, d->id,
	    err_name(why), TRIES_MAX));
}

/* A batch that is committed. */
static void
count(const struct delivery *all, int n)
{
	int	 i;

	metric_observe(METRIC_APPLY_BATCH, NULL, n);
	for (i = 0; i < n; i++)
		metric_delivery(all[i].flaw != NULL ? NULL : all[i].kind,
		    all[i].flaw != NULL ? "flagged" : "applied");
}

/*
 * Take up to "most" and apply them; "failed" is the one that could not be,
 * with nothing of the batch done then.
 */
static enum cal_err
apply_batch(struct calendly *cal, struct arena *mem, int most, int *n,
    struct delivery *failed)
{
	struct delivery	*all = NULL;
	struct arena	*scratch;
	enum cal_err	 rc;
	int		 i;

	*n = 0;
	failed->id = NULL;
	if ((rc = db_begin(cal->db)) != CAL_OK)
		return rc;
	rc = delivery_take(cal->db, mem, most, BATCH_BYTES, &all, n);
	scratch = arena_new(SCRATCH_MAX);
	for (i = 0; rc == CAL_OK && i < *n; i++) {
		if ((rc = apply_one(cal, scratch, &all[i])) != CAL_OK)
			*failed = all[i];
		arena_reset(scratch);
	}
	arena_free(scratch);
	if ((rc = tenant_end(cal->db, rc)) == CAL_OK && *n > 0)
		count(all, *n);
	return rc;
}

enum cal_err
apply_some(struct calendly *cal, struct arena *mem, bool *worked)
{
	struct delivery	 failed;
	enum cal_err	 rc;
	int		 i, n;

	rc = apply_batch(cal, mem, BATCH, &n, &failed);
	*worked = n > 0;
	if (rc == CAL_OK || rc == CAL_UNAVAILABLE || failed.id == NULL)
		return rc;
	for (i = n, rc = CAL_OK; rc == CAL_OK && i > 0 && n > 0; i--) {
		rc = apply_batch(cal, mem, 1, &n, &failed);
		if (rc != CAL_OK && rc != CAL_UNAVAILABLE && failed.id != NULL)
			rc = set_aside(cal, mem, &failed, rc);
	}
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
