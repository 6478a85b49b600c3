/*
 * write: see write.h.
 */
#include <stdbool.h>

#include "app/repo/tx.h"
#include "app/route/answer.h"
#include "app/route/body.h"
#include "app/route/write.h"
#include "app/service/service.h"
#include "lib/json.h"
#include "lib/req.h"

enum { KEY_MAX = 255 };

void
write_json(struct idempotent_answer *a, int status, struct json *j)
{
	a->status = status;
	a->body.p = json_done(j, &a->body.n);
}

static void
send_answer(struct req *r, const struct idempotent_answer *a)
{
	req_answer(r, a->status, a->body.p == NULL ? NULL : "application/json",
	    a->body.p, a->body.n);
}

enum cal_err
write_run(struct service *cal, struct req *r, write_deed *deed)
{
	struct idempotent_answer a = { .status = 0 };
	struct tx		 tx;
	enum cal_err		 rc;

	rc = tx_begin(&tx, cal->db, r->mem, caller_tenant(r));
	if (rc != CAL_OK)
		return rc;
	rc = tx_end(&tx, deed(cal, &tx, r, &a));
	if (rc == CAL_OK)
		send_answer(r, &a);
	return rc;
}

/* Gives the request's key; NULL if it has none. */
static enum cal_err
key_of_request(struct req *r, const char **key)
{
	const char	*p;

	if ((*key = req_param(r, "HTTP_IDEMPOTENCY_KEY")) == NULL)
		return CAL_OK;
	for (p = *key; *p >= ' ' && *p <= '~'; p++)
		;
	if (*p == '\0' && p > *key && p - *key <= KEY_MAX)
		return CAL_OK;
	return req_fail_field(r, "Idempotency-Key", "must be 1 to 255 "
	    "printable characters of ASCII, such as a random UUID");
}

/* Says why the request is not done. */
static enum cal_err
refuse_key(struct req *r, enum cal_err rc)
{
	if (rc == CAL_CONFLICT) {
		req_header(r, "Retry-After", "1");
		return req_fail(r, rc, "idempotency_in_progress", NULL);
	}
	if (rc == CAL_INVALID)
		return req_fail(r, rc, "idempotency_key_reused", NULL);
	return rc;
}

static enum cal_err
do_once(struct service *cal, struct tx *tx, struct req *r, write_deed *deed,
    const struct idempotent_request *q, struct idempotent_answer *a,
    bool *again)
{
	enum cal_err	 rc;

	rc = idempotency_begin(cal, tx, q, a, again);
	if (rc != CAL_OK)
		return refuse_key(r, rc);
	if (*again)
		return CAL_OK;
	if ((rc = deed(cal, tx, r, a)) != CAL_OK)
		return rc;
	return idempotency_end(cal, tx, q, a);
}

static enum cal_err
run_once(struct service *cal, struct req *r, write_deed *deed,
    const struct idempotent_request *q)
{
	struct idempotent_answer a = { .status = 0 };
	struct tx		 tx;
	enum cal_err		 rc;
	bool			 again = false;

	rc = tx_begin(&tx, cal->db, r->mem, caller_tenant(r));
	if (rc != CAL_OK)
		return rc;
	rc = tx_end(&tx, do_once(cal, &tx, r, deed, q, &a, &again));
	if (rc != CAL_OK)
		return rc;
	if (again)
		req_header(r, "Idempotency-Replayed", "true");
	send_answer(r, &a);
	return CAL_OK;
}

enum cal_err
write_once(struct service *cal, struct req *r, write_deed *deed)
{
	struct idempotent_request q = {
		.method = r->method, .path = r->path, .query = r->query,
	};
	enum cal_err		 rc;

	if ((rc = key_of_request(r, &q.key)) != CAL_OK)
		return rc;
	if (q.key == NULL)
		return write_run(cal, r, deed);
	if ((rc = body_bytes(r, &q.body)) != CAL_OK)
		return rc;
	return run_once(cal, r, deed, &q);
}
