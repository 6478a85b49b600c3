/* destination: the API's destinations: make, show, change, delete, rotate. */
#include <stddef.h>

#include "app/repo/destination.h"
#include "app/repo/tx.h"
#include "app/route/answer.h"
#include "app/route/body.h"
#include "app/route/destination_json.h"
#include "app/route/destination_wish.h"
#include "app/route/query.h"
#include "app/route/router.h"
#include "app/route/write.h"
#include "app/service/push/destination.h"
#include "app/service/service.h"
#include "lib/arena.h"
#include "lib/json.h"
#include "lib/req.h"
#include "lib/secret.h"

enum {
	CURSOR_DESTINATIONS = 'd',
	KEEP_DEFAULT = 24 * 60 * 60,	/* seconds for an old secret */
	KEEP_MAX = 7 * KEEP_DEFAULT,
};

static enum cal_err
create_within(struct service *cal, struct tx *tx, struct req *r,
    struct idempotent_answer *a)
{
	struct destination_wish	 w;
	struct destination	 d;
	struct secret		*secret;
	struct json		*j;
	enum cal_err		 rc;

	if ((rc = wish_for_new(cal->set, r, &w)) != CAL_OK)
		return rc;
	rc = destination_create(cal, tx, "api", &w, &d, &secret);
	if (rc == CAL_CONFLICT)
		return req_fail(r, rc, "conflict", arena_printf(r->mem,
		    "A tenant has at most %d destinations: delete one that is "
		    "no longer used.", DESTINATIONS_MOST));
	if (rc != CAL_OK)
		return rc;
	j = json_new(r->mem);
	destination_write(cal, r, j, &d, secret_text(secret));
	write_json(a, 201, j);
	return CAL_OK;
}

static enum cal_err
destinations_create(struct service *cal, struct req *r)
{
	return write_once(cal, r, create_within);
}

static enum cal_err
destinations_list(struct service *cal, struct tx *tx, struct req *r)
{
	static const char *const known[] = { "limit", "after", NULL };
	struct destination	*all;
	struct json		*j;
	const char		*after;
	enum cal_err		 rc;
	int			 i, limit, n;

	rc = query_known(r, known);
	rc = fail_also(rc, query_limit(r, &limit));
	rc = fail_also(rc, cursor_read_uuid(r, CURSOR_DESTINATIONS, &after));
	if (rc != CAL_OK || (rc = destination_list(tx, after, limit + 1, &all,
	    &n)) != CAL_OK)
		return rc;
	j = list_open(r);
	for (i = 0; i < n && i < limit; i++)
		destination_write(cal, r, j, &all[i], NULL);
	list_answer(r, j, cursor_write(r, CURSOR_DESTINATIONS,
	    n > limit ? all[limit - 1].id : NULL));
	return CAL_OK;
}

static enum cal_err
destinations_show(struct service *cal, struct tx *tx, struct req *r)
{
	struct destination	 d;
	struct json		*j;
	const char		*id;
	enum cal_err		 rc;

	if ((rc = path_uuid(r, &id)) != CAL_OK ||
	    (rc = destination_find(tx, id, &d)) != CAL_OK)
		return rc;
	j = json_new(r->mem);
	destination_write(cal, r, j, &d, NULL);
	answer_json(r, 200, j);
	return CAL_OK;
}

static enum cal_err
change_within(struct service *cal, struct tx *tx, struct req *r,
    struct idempotent_answer *a)
{
	struct destination_wish	 w;
	struct destination	 d;
	struct json		*j;
	const char		*id;
	enum cal_err		 rc;

	if ((rc = path_uuid(r, &id)) != CAL_OK ||
	    (rc = wish_for_change(cal->set, r, &w)) != CAL_OK)
		return rc;
	rc = destination_alter(cal, tx, "api", id, &w, &d);
	if (rc == CAL_CONFLICT)
		return req_fail(r, rc, "conflict", "Its secret was lost, so "
		    "that nothing can be signed: rotate the secret, then "
		    "resume it.");
	if (rc != CAL_OK)
		return rc;
	j = json_new(r->mem);
	destination_write(cal, r, j, &d, NULL);
	write_json(a, 200, j);
	return CAL_OK;
}

static enum cal_err
destinations_change(struct service *cal, struct req *r)
{
	return write_run(cal, r, change_within);
}

/*
 * A destination that is deleted is remembered like an answer to a key, so that
 * whoever lost the answer gets it again for a day.  No client's key begins with
 * a control character.
 */
static enum cal_err
delete_within(struct service *cal, struct tx *tx, struct req *r,
    struct idempotent_answer *a)
{
	const struct idempotent_request	 q = {
		.key = arena_printf(r->mem, "\001DELETE %s", r->path),
		.method = "DELETE", .path = r->path, .query = "",
		.body = { "", 0 },
	};
	const char			*id;
	enum cal_err			 rc;

	if ((rc = path_uuid(r, &id)) != CAL_OK)
		return rc;
	rc = destination_delete(tx, "api", id);
	if (rc == CAL_NOTFOUND)
		return idempotency_look(cal, tx, &q, a);
	a->status = 204;
	return rc != CAL_OK ? rc : idempotency_end(cal, tx, &q, a);
}

static enum cal_err
destinations_delete(struct service *cal, struct req *r)
{
	static const char *const	 known[] = { NULL };
	enum cal_err			 rc;

	if ((rc = query_known(r, known)) != CAL_OK)
		return rc;
	return write_run(cal, r, delete_within);
}

static enum cal_err
take_keep(struct req *r, int *keep)
{
	static const char *const	 known[] = { "keep_old_for", NULL };
	const struct json_node		*body;
	int64_t				 n = KEEP_DEFAULT;
	enum cal_err			 rc;

	*keep = KEEP_DEFAULT;
	if ((rc = body_json_if_any(r, &body)) != CAL_OK || body == NULL ||
	    (rc = body_known(r, body, known)) != CAL_OK)
		return rc;
	if (body_has(body, "keep_old_for") &&
	    (!json_int(body, "keep_old_for", &n) || n < 0 || n > KEEP_MAX))
		return req_fail_field(r, "keep_old_for", "must be a number of "
		    "seconds from 0 to 604800");
	*keep = (int)n;
	return CAL_OK;
}

static enum cal_err
rotate_within(struct service *cal, struct tx *tx, struct req *r,
    struct idempotent_answer *a)
{
	struct secret	*secret;
	struct json	*j;
	const char	*id, *until;
	enum cal_err	 rc;
	int		 keep;

	if ((rc = path_uuid(r, &id)) != CAL_OK ||
	    (rc = take_keep(r, &keep)) != CAL_OK ||
	    (rc = destination_renew_secret(cal, tx, "api", id, keep, &secret,
	    &until)) != CAL_OK)
		return rc;
	j = json_new(r->mem);
	json_object(j, NULL);
	json_str(j, "secret", secret_text(secret));
	json_str(j, "rotating_until", until);
	json_end(j);
	write_json(a, 200, j);
	return CAL_OK;
}

static enum cal_err
destinations_rotate(struct service *cal, struct req *r)
{
	return write_once(cal, r, rotate_within);
}

const struct route destination_routes[] = {
	{ "POST", "/v1/destinations", destinations_create, NULL, ROUTE_KEY },
	{ "GET", "/v1/destinations", NULL, destinations_list,
	    ROUTE_KEY | ROUTE_QUERY },
	{ "GET", "/v1/destinations/{id}", NULL, destinations_show, ROUTE_KEY },
	{ "PATCH", "/v1/destinations/{id}", destinations_change, NULL,
	    ROUTE_KEY },
	{ "DELETE", "/v1/destinations/{id}", destinations_delete, NULL,
	    ROUTE_KEY | ROUTE_QUERY },
	{ "POST", "/v1/destinations/{id}/rotate-secret", destinations_rotate,
	    NULL, ROUTE_KEY },
	{ NULL, NULL, NULL, NULL, 0 },
};
