/* push: the API's pushes: list, show, retry. */
#include <stddef.h>
#include <string.h>

#include "app/repo/destination.h"
#include "app/repo/tx.h"
#include "app/route/answer.h"
#include "app/route/destination_json.h"
#include "app/route/query.h"
#include "app/route/router.h"
#include "app/route/write.h"
#include "app/service/push/replay.h"
#include "app/service/service.h"
#include "lib/json.h"
#include "lib/req.h"

enum { CURSOR_PUSHES = 'p' };

static enum cal_err
read_push_filter(struct req *r, struct push_query *q)
{
	static const char *const	 known[] = {
		"destination_id", "event_id", "status", "user_id", "limit",
		"after", NULL
	};
	unsigned			 status;
	enum cal_err			 rc;

	memset(q, 0, sizeof(*q));
	rc = query_known(r, known);
	rc = fail_also(rc, query_uuid(r, "destination_id",
	    &q->destination_id));
	rc = fail_also(rc, query_uuid(r, "event_id", &q->event_id));
	rc = fail_also(rc, query_name(r, "status", &push_status_names,
	    &status));
	rc = fail_also(rc, query_user(r, &q->user_id));
	rc = fail_also(rc, query_limit(r, &q->limit));
	rc = fail_also(rc, cursor_read_uuid(r, CURSOR_PUSHES, &q->after));
	if (rc == CAL_OK)
		q->status = (enum push_status)status;
	return rc;
}

static enum cal_err
pushes_list(struct service *cal, struct tx *tx, struct req *r)
{
	struct push_query	 q;
	struct push_page	 page;
	struct json		*j;
	enum cal_err		 rc;
	int			 i;

	(void)cal;
	if ((rc = read_push_filter(r, &q)) != CAL_OK ||
	    (rc = push_list(tx, &q, &page)) != CAL_OK)
		return rc;
	j = list_open(r);
	for (i = 0; i < page.n; i++)
		push_write(j, &page.pushes[i], NULL, 0);
	list_answer(r, j, cursor_write(r, CURSOR_PUSHES, page.next));
	return CAL_OK;
}

static enum cal_err
pushes_show(struct service *cal, struct tx *tx, struct req *r)
{
	struct push_attempt	*attempts;
	struct push		 p;
	struct json		*j;
	const char		*id;
	enum cal_err		 rc;
	int			 n;

	(void)cal;
	if ((rc = path_uuid(r, &id)) != CAL_OK ||
	    (rc = push_find(tx, id, &p)) != CAL_OK ||
	    (rc = push_attempts(tx, id, &attempts, &n)) != CAL_OK)
		return rc;
	j = json_new(r->mem);
	push_write(j, &p, attempts, n);
	answer_json(r, 200, j);
	return CAL_OK;
}

static enum cal_err
retry_within(struct service *cal, struct tx *tx, struct req *r,
    struct idempotent_answer *a)
{
	struct push	 p;
	struct json	*j;
	const char	*id;
	enum cal_err	 rc;

	(void)cal;
	if ((rc = path_uuid(r, &id)) != CAL_OK)
		return rc;
	rc = redrive_one(tx, "api", id, &p);
	if (rc == CAL_CONFLICT)
		return req_fail(r, rc, "conflict", redrive_refusal(&p));
	if (rc != CAL_OK)
		return rc;
	j = json_new(r->mem);
	push_write(j, &p, NULL, 0);
	write_json(a, 202, j);
	return CAL_OK;
}

static enum cal_err
pushes_retry(struct service *cal, struct req *r)
{
	return write_once(cal, r, retry_within);
}

const struct route push_routes[] = {
	{ "GET", "/v1/pushes", NULL, pushes_list, ROUTE_KEY | ROUTE_QUERY },
	{ "GET", "/v1/pushes/{id}", NULL, pushes_show, ROUTE_KEY },
	{ "POST", "/v1/pushes/{id}/retry", pushes_retry, NULL, ROUTE_KEY },
	{ NULL, NULL, NULL, NULL, 0 },
};
