/*
 * webhook: what Calendly calls.  Served by the ingest pool.
 */
#include "app/metric.h"
#include "app/route.h"
#include "app/service/ingest.h"
#include "lib/buf.h"
#include "lib/req.h"

enum { BODY_MAX = 1024 * 1024 };

/* How each result that is no success is told. */
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
};

/* What came of a request that went this way. */
static void
count(const struct req *r, enum cal_err rc, enum ingest_result result)
{
	if (rc == CAL_OK)
		metric_count(METRIC_WEBHOOKS, result == INGEST_STORED ?
		    "stored" : "known", NULL);
	else
		metric_count(METRIC_WEBHOOKS, r->code != NULL ? r->code :
		    "unavailable", NULL);
}

static enum cal_err
receive(struct calendly *cal, struct req *r, enum ingest_result *result)
{
	struct bytes		 body;
	enum cal_err		 rc;

	if ((rc = req_body(r, BODY_MAX, &body)) != CAL_OK)
		return rc;
	rc = ingest_run(cal, r->mem, r->arg[0],
	    req_param(r, "HTTP_CALENDLY_WEBHOOK_SIGNATURE"), body, result);
	if (rc != CAL_OK)
		return rc;
	if (*result != INGEST_STORED && *result != INGEST_KNOWN)
		return req_fail(r, TOLD[*result].rc, TOLD[*result].code, NULL);
	return CAL_OK;
}

static enum cal_err
webhook_receive(struct calendly *cal, struct req *r)
{
	static const char	 stored[] = "{\"stored\":true}";
	enum ingest_result	 result = INGEST_KNOWN;
	enum cal_err		 rc;

	rc = receive(cal, r, &result);
	count(r, rc, result);
	if (rc == CAL_OK)
		req_answer(r, 200, "application/json", stored,
		    sizeof(stored) - 1);
	return rc;
}

const struct route webhook_routes[] = {
	{ "POST", "/webhooks/calendly/{endpoint}", webhook_receive,
	    ROUTE_INGEST },
	{ NULL, NULL, NULL, 0 },
};
