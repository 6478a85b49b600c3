/* destination_test: the API's test of a destination. */
#include <stddef.h>

#include "app/repo/destination.h"
#include "app/repo/tx.h"
#include "app/route/answer.h"
#include "app/route/router.h"
#include "app/service/push/advice.h"
#include "app/service/push/test.h"
#include "app/service/service.h"
#include "lib/json.h"
#include "lib/req.h"

static void
test_answer(struct req *r, const struct outcome *o, int64_t ms)
{
	struct json	*j = json_new(r->mem);

	json_object(j, NULL);
	json_bool(j, "delivered", o->delivered);
	if (o->status == 0)
		json_null(j, "status");
	else
		json_num(j, "status", o->status);
	json_num(j, "ms", ms);
	json_str(j, "answer", o->answer);
	json_str(j, "error", o->error);
	json_str(j, "advice", o->delivered ? NULL :
	    push_advice(o->status, o->error));
	json_end(j);
	answer_json(r, 200, j);
}

static enum cal_err
destinations_test(struct service *cal, struct req *r)
{
	const char		*tenant = caller_tenant(r), *id, *why;
	struct destination	 d;
	struct outcome		 o;
	struct tx		 tx;
	int64_t			 ms;
	enum cal_err		 rc;

	if ((rc = path_uuid(r, &id)) != CAL_OK ||
	    (rc = tx_begin(&tx, cal->db, r->mem, tenant)) != CAL_OK ||
	    (rc = tx_leave(&tx, destination_find(&tx, id, &d))) != CAL_OK)
		return rc;
	rc = destination_test(cal, r->mem, tenant, &d, &o, &ms, &why);
	if (rc == CAL_UNAVAILABLE)
		return req_fail(r, rc, NULL, why);
	if (rc == CAL_OK)
		test_answer(r, &o, ms);
	return rc;
}

const struct route destination_test_routes[] = {
	{ "POST", "/v1/destinations/{id}/test", destinations_test, NULL,
	    ROUTE_KEY | ROUTE_CALLS },
	{ NULL, NULL, NULL, NULL, 0 },
};
