/* webhook: takes the webhooks that Calendly sends.  Runs in the ingest pool. */
#include "app/metric/metric.h"
#include "app/route/router.h"
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

void
webhook_receive(struct service *cal, struct arena *mem, struct req *const *all,
    enum cal_err *rc, size_t n)
{
	struct ingest	*in = arena_array(mem, n, sizeof(*in));
	size_t		*of = arena_array(mem, n, sizeof(*of));
	size_t		 i, k = 0;

	for (i = 0; i < n; i++) {
		log_request(all[i]->id);
		rc[i] = req_body(all[i], BODY_MAX, &in[k].body);
		if (rc[i] != CAL_OK)
			continue;
		in[k].request_id = all[i]->id;
		in[k].endpoint = all[i]->arg[0];
		in[k].signature = req_param(all[i],
		    "HTTP_CALENDLY_WEBHOOK_SIGNATURE");
		of[k++] = i;
	}
	ingest_run(cal, mem, in, k);
	for (i = 0; i < k; i++)
		rc[of[i]] = webhook_answer(all[of[i]], in[i].result);
	for (i = 0; i < n; i++)
		if (rc[i] != CAL_OK)
			count_refused(all[i]);
}

const struct route webhook_routes[] = {
	{ "POST", "/webhooks/calendly/{endpoint}", NULL, NULL, ROUTE_INGEST },
	{ NULL, NULL, NULL, NULL, 0 },
};
