/* webhook: takes the webhooks that Calendly sends.  Runs in the ingest pool. */
#include "app/metric/metric.h"
#include "app/route/router.h"
#include "app/route/webhook.h"
#include "app/service/webhook/ingest.h"
#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/log.h"
#include "lib/req.h"

enum { BODY_MAX = 1024 * 1024 };

/* The error and the code for each result that is not a success. */
static const struct {
	enum cal_err	 rc;
	const char	*code;
} TOLD[] = {
	[INGEST_NO_SIGNATURE] = { CAL_INVALID, "signature_missing" },
	[INGEST_BAD_HEADER] = { CAL_INVALID, "signature_malformed" },
	[INGEST_WRONG_SIGNATURE] = { CAL_UNAUTHORIZED, "signature_invalid" },
	[INGEST_STALE] = { CAL_UNAUTHORIZED, "signature_stale" },
	[INGEST_UNKNOWN] = { CAL_NOTFOUND, "endpoint_unknown" },
	[INGEST_RETIRED] = { CAL_GONE, "endpoint_retired" },
	[INGEST_NO_KEY] = { CAL_UNAVAILABLE, "unavailable" },
	[INGEST_NOT_STORED] = { CAL_UNAVAILABLE, "unavailable" },
};

/*
 * Returns the metric's label for a result that is answered 200; NULL for
 * others.
 */
static const char *
stored_as(enum ingest_result result)
{
	switch (result) {
	case INGEST_STORED:
		return "stored";
	case INGEST_KNOWN:
		return "known";
	case INGEST_RETOLD:
		return "retold";
	case INGEST_UNKEPT:
		return "unkept";
	default:
		return NULL;
	}
}

/*
 * Counts a request that was not stored.  A request without a code is one whose
 * client went away before its body was complete.
 */
static void
count_refused(const struct req *r)
{
	metric_count(METRIC_WEBHOOKS, r->code != NULL ? r->code :
	    "client_gone", NULL);
}

static enum cal_err
webhook_answer(struct req *r, enum ingest_result result)
{
	static const char	 stored[] = "{\"stored\":true}";
	const char		*label = stored_as(result);

	if (label == NULL)
		return req_fail(r, TOLD[result].rc, TOLD[result].code, NULL);
	metric_count(METRIC_WEBHOOKS, label, NULL);
	req_answer(r, 200, "application/json", stored, sizeof(stored) - 1);
	return CAL_OK;
}

struct webhooks {
	struct ingest_batch	*batch;
	size_t			 n;
	struct webhook {
		struct req	*r;
		enum cal_err	 rc;
		struct ingest	 in;
	} all[];
};

struct webhooks *
webhooks_new(struct arena *mem, size_t most)
{
	struct webhooks	*w = arena_alloc(mem, sizeof(*w) +
			    most * sizeof(w->all[0]));

	w->n = 0;
	w->batch = ingest_batch_new(mem, most);
	return w;
}

void
webhooks_add(struct service *cal, struct webhooks *all, struct req *r)
{
	struct webhook	*w = &all->all[all->n++];

	w->r = r;
	w->in = (struct ingest){
		.request_id = r->id,
		.endpoint = r->arg[0],
		.signature = req_param(r, "HTTP_CALENDLY_WEBHOOK_SIGNATURE"),
	};
	w->rc = req_body(r, BODY_MAX, &w->in.body);
	if (w->rc == CAL_OK)
		ingest_batch_add(cal, all->batch, &w->in);
}

void
webhooks_store(struct service *cal, struct webhooks *all)
{
	ingest_batch_store(cal, all->batch);
}

enum cal_err
webhooks_answer(struct webhooks *all, size_t i)
{
	struct webhook	*w = &all->all[i];

	if (w->rc == CAL_OK)
		w->rc = webhook_answer(w->r, w->in.result);
	if (w->rc != CAL_OK)
		count_refused(w->r);
	return w->rc;
}

const struct route webhook_routes[] = {
	{ "POST", "/webhooks/calendly/{endpoint}", NULL, NULL, ROUTE_INGEST },
	{ NULL, NULL, NULL, NULL, 0 },
};
