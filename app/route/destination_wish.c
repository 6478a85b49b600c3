/*
 * destination_wish: see destination_wish.h.
 */
#include <string.h>

#include "app/route/answer.h"
#include "app/route/body.h"
#include "app/route/destination_wish.h"
#include "app/service/push/destination.h"
#include "app/service/push/destination_check.h"
#include "lib/arena.h"
#include "lib/http.h"
#include "lib/json.h"
#include "lib/req.h"

/* Notes the fault, if there is one. */
static enum cal_err
check_member(struct req *r, const char *name, const char *fault)
{
	return fault == NULL ? CAL_OK : req_fail_field(r, name, fault);
}

static enum cal_err
wish_url(const struct settings *set, struct req *r,
    const struct json_node *body, bool needed, struct destination_wish *w)
{
	enum cal_err	 rc;

	if ((rc = body_text(r, body, "url", &w->url)) != CAL_OK)
		return rc;
	if (w->url != NULL)
		return check_member(r, "url", destination_url_fault(set,
		    r->mem, w->url));
	if (!needed && !body_has(body, "url"))
		return CAL_OK;
	return req_fail_field(r, "url", "must be there: the https URL that "
	    "events are to be pushed to");
}

static enum cal_err
wish_description(struct req *r, const struct json_node *body,
    struct destination_wish *w)
{
	enum cal_err	 rc;

	rc = body_text(r, body, "description", &w->description);
	if (rc != CAL_OK)
		return rc;
	if (w->description == NULL)
		w->description = body_has(body, "description") ? "" : NULL;
	return w->description == NULL ? CAL_OK : check_member(r,
	    "description", destination_text_fault(w->description));
}

static enum cal_err
wish_types(struct req *r, const struct json_node *body,
    struct destination_wish *w)
{
	enum cal_err	 rc;

	if ((rc = body_texts(r, body, "types", &w->types)) != CAL_OK)
		return rc;
	if (w->types == NULL)
		return body_has(body, "types") ? req_fail_field(r, "types",
		    "must be a list of strings") : CAL_OK;
	return check_member(r, "types", destination_types_fault(r->mem,
	    w->types));
}

/* Reads an object of texts as headers; "out" is NULL if it is not one. */
static const struct http_header *
list_headers(struct req *r, const struct json_node *object)
{
	const struct json_node	*m;
	struct http_header	*list;
	size_t			 n = 0;

	if (object->type != JSON_OBJECT)
		return NULL;
	for (m = object->child; m != NULL; m = m->next)
		n++;
	list = arena_array(r->mem, n + 1, sizeof(*list));
	for (n = 0, m = object->child; m != NULL; m = m->next, n++) {
		list[n].name = strlen(m->key) == m->keysz ? m->key : "";
		if ((list[n].value = json_text(m, "")) == NULL)
			return NULL;
	}
	return list;
}

static enum cal_err
wish_headers(struct req *r, const struct json_node *body,
    struct destination_wish *w)
{
	static const struct http_header	 none = { NULL, NULL };
	const struct json_node		*m = json_find(body, "headers");

	if (m == NULL)
		return CAL_OK;
	w->set_headers = true;
	w->headers = m->type == JSON_NULL ? &none : list_headers(r, m);
	if (w->headers == NULL)
		return req_fail_field(r, "headers", "must be an object of "
		    "strings, such as {\"X-Route\": \"bookings\"}");
	return check_member(r, "headers", destination_headers_fault(r->mem,
	    w->headers));
}

static enum cal_err
wish_user(struct req *r, const struct json_node *body,
    struct destination_wish *w)
{
	w->set_user = body_has(body, "user_id");
	return body_user(r, body, &w->user_id);
}

/* Reads what a new destination and a changed one may both have. */
static enum cal_err
wish_common(const struct settings *set, struct req *r,
    const struct json_node *body, bool is_new, struct destination_wish *w)
{
	enum cal_err	 rc;

	rc = wish_url(set, r, body, is_new, w);
	rc = fail_also(rc, wish_description(r, body, w));
	rc = fail_also(rc, wish_types(r, body, w));
	rc = fail_also(rc, wish_user(r, body, w));
	return fail_also(rc, wish_headers(r, body, w));
}

static enum cal_err
wish_from(struct req *r, const struct json_node *body,
    struct destination_wish *w)
{
	const char	*from;
	enum cal_err	 rc;

	if ((rc = body_text(r, body, "from", &from)) != CAL_OK || from == NULL)
		return rc;
	w->from_oldest = strcmp(from, "oldest") == 0;
	if (w->from_oldest || strcmp(from, "now") == 0)
		return CAL_OK;
	return req_fail_field(r, "from", "must be now or oldest");
}

static enum cal_err
wish_state(struct req *r, const struct json_node *body,
    struct destination_wish *w)
{
	const char	*state;
	unsigned	 value;

	if (!body_has(body, "state"))
		return CAL_OK;
	if (body_text(r, body, "state", &state) == CAL_OK && state != NULL &&
	    names_find(&destination_state_names, state, &value) &&
	    value != DESTINATION_DISABLED) {
		w->state = (enum destination_state)value;
		return CAL_OK;
	}
	return req_fail_field(r, "state", "must be active or paused");
}

enum cal_err
wish_for_new(const struct settings *set, struct req *r,
    struct destination_wish *w)
{
	static const char *const	 known[] = {
		"url", "description", "types", "user_id", "headers", "from",
		NULL
	};
	const struct json_node		*body;
	enum cal_err			 rc;

	memset(w, 0, sizeof(*w));
	if ((rc = body_json(r, &body)) != CAL_OK)
		return rc;
	rc = body_known(r, body, known);
	rc = fail_also(rc, wish_common(set, r, body, true, w));
	return fail_also(rc, wish_from(r, body, w));
}

enum cal_err
wish_for_change(const struct settings *set, struct req *r,
    struct destination_wish *w)
{
	static const char *const	 known[] = {
		"url", "description", "types", "user_id", "headers", "state",
		NULL
	};
	const struct json_node		*body;
	enum cal_err			 rc;

	memset(w, 0, sizeof(*w));
	if ((rc = body_json(r, &body)) != CAL_OK)
		return rc;
	if (body->child == NULL)
		return req_fail(r, CAL_INVALID, "invalid_request", "The body "
		    "changes nothing: give at least one of url, description, "
		    "types, user_id, headers and state.");
	rc = body_known(r, body, known);
	rc = fail_also(rc, wish_common(set, r, body, false, w));
	return fail_also(rc, wish_state(r, body, w));
}
