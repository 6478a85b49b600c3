/*
 * answer: see answer.h.
 */
#include <string.h>

#include "app/repo/tenant.h"
#include "app/route/answer.h"
#include "app/service/connect/session.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/etag.h"
#include "lib/json.h"
#include "lib/req.h"

/*
 * Sets an ETag and answers 304 if the caller has this body already.  The caller
 * may keep what it reads, but must ask each time whether it still holds (RFC
 * 9110, 15.4.5).
 */
static bool
answer_unchanged(struct req *r, struct bytes body)
{
	const char	*etag = etag_of(r->mem, body);

	req_header(r, "ETag", etag);
	req_header(r, "Cache-Control", "private, no-cache");
	if (!etag_named(req_param(r, "HTTP_IF_NONE_MATCH"), etag))
		return false;
	req_answer(r, 304, NULL, NULL, 0);
	return true;
}

/* True for a GET or HEAD by a caller with an API key. */
static bool
is_reading(const struct req *r)
{
	return r->caller != NULL &&
	    (r->head || strcmp(r->method, "GET") == 0);
}

void
answer_json(struct req *r, int status, struct json *j)
{
	struct bytes	 body;

	body.p = json_done(j, &body.n);
	if (status == 200 && is_reading(r) && answer_unchanged(r, body))
		return;
	req_answer(r, status, "application/json", body.p, body.n);
}

struct json *
list_open(struct req *r)
{
	struct json	*j = json_new(r->mem);

	json_object(j, NULL);
	json_array(j, "data");
	return j;
}

void
list_next(struct json *j, const char *cursor)
{
	json_end(j);
	json_str(j, "next", cursor);
}

void
list_answer(struct req *r, struct json *j, const char *cursor)
{
	list_next(j, cursor);
	json_end(j);
	answer_json(r, 200, j);
}

const char *
caller_tenant(const struct req *r)
{
	return ((const struct api_key *)r->caller)->tenant_id;
}

enum cal_err
fail_also(enum cal_err rc, enum cal_err next)
{
	return rc != CAL_OK ? rc : next;
}

enum cal_err
user_id_check(struct req *r, const char *user_id)
{
	if (session_user_id_ok(user_id))
		return CAL_OK;
	return req_fail_field(r, "user_id", "must be 1 to 128 of "
	    "A-Z a-z 0-9 . _ ~ : @ + | = -");
}

enum cal_err
path_user(struct req *r, const char **user_id)
{
	*user_id = r->arg[0];
	return user_id_check(r, *user_id);
}

enum cal_err
path_uuid(struct req *r, const char **id)
{
	*id = r->arg[0];
	return crypto_is_uuid(*id) ? CAL_OK : CAL_NOTFOUND;
}

enum cal_err
answer_needs_reauth(struct req *r)
{
	return req_fail(r, CAL_CONFLICT, "needs_reauth", "Calendly takes no "
	    "credential of this user any more: mint a connect session and let "
	    "the user connect again");
}
