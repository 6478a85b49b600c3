/*
 * body: see body.h.
 */
#include <string.h>
#include <strings.h>

#include "app/route/answer.h"
#include "app/route/body.h"
#include "lib/arena.h"
#include "lib/json.h"
#include "lib/req.h"
#include "lib/when.h"
#include "lib/words.h"

enum { BODY_MAX = 64 * 1024 };

static const struct json_caps BODY_CAPS = {
	.size = BODY_MAX,
	.depth = 8,
	.count = 1000,
};

static bool
is_json(const struct req *r)
{
	static const char	 json[] = "application/json";
	const char		*type = req_param(r, "CONTENT_TYPE");

	return type != NULL &&
	    strncasecmp(type, json, sizeof(json) - 1) == 0 &&
	    strchr("; \t", type[sizeof(json) - 1]) != NULL;
}

enum cal_err
body_bytes(struct req *r, struct bytes *out)
{
	return req_body(r, BODY_MAX, out);
}

enum cal_err
body_json(struct req *r, const struct json_node **out)
{
	struct bytes	 body;
	const char	*why = NULL;
	enum cal_err	 rc;

	if (!is_json(r))
		return req_fail(r, CAL_INVALID, "unsupported_media_type",
		    "send JSON, with \"Content-Type: application/json\"");
	if ((rc = body_bytes(r, &body)) != CAL_OK)
		return rc;
	if (json_parse(r->mem, body.p, body.n, &BODY_CAPS, out, &why) !=
	    CAL_OK)
		return req_fail(r, CAL_INVALID, "invalid_json",
		    arena_printf(r->mem, "the body is not JSON: %s",
		    why == NULL ? "unreadable" : why));
	if ((*out)->type != JSON_OBJECT)
		return req_fail(r, CAL_INVALID, "invalid_json",
		    "the body must be a JSON object");
	return CAL_OK;
}

enum cal_err
body_json_if_any(struct req *r, const struct json_node **out)
{
	*out = NULL;
	return r->length == 0 ? CAL_OK : body_json(r, out);
}

enum cal_err
body_known(struct req *r, const struct json_node *body,
    const char *const *known)
{
	const struct json_node	*m;
	enum cal_err		 rc = CAL_OK;

	for (m = body->child; m != NULL; m = m->next)
		if (!words_have(known, m->key))
			rc = req_fail_field(r, m->key, arena_printf(r->mem,
			    "is not known here; known are %s",
			    words_join(r->mem, known, ", ")));
	return rc;
}

/*
 * Finds a member by its name, which may hold dots; NULL if it is missing or
 * null.
 */
static const struct json_node *
member(const struct json_node *body, const char *name)
{
	const struct json_node	*m;

	for (m = body->child; m != NULL; m = m->next)
		if (strcmp(m->key, name) == 0)
			return m->type == JSON_NULL ? NULL : m;
	return NULL;
}

bool
body_has(const struct json_node *body, const char *name)
{
	const struct json_node	*m;

	for (m = body->child; m != NULL; m = m->next)
		if (strcmp(m->key, name) == 0)
			return true;
	return false;
}

enum cal_err
body_text(struct req *r, const struct json_node *body, const char *name,
    const char **out)
{
	const struct json_node	*m = member(body, name);

	*out = NULL;
	if (m != NULL && (*out = json_text(m, "")) == NULL)
		return req_fail_field(r, name, "must be a string");
	return CAL_OK;
}

enum cal_err
body_bool(struct req *r, const struct json_node *body, const char *name,
    bool *out)
{
	const struct json_node	*m = member(body, name);

	*out = m != NULL && json_is_true(m, "");
	if (m == NULL ? body_has(body, name) : m->type != JSON_BOOL)
		return req_fail_field(r, name, "must be true or false");
	return CAL_OK;
}

enum cal_err
body_texts(struct req *r, const struct json_node *body, const char *name,
    const char *const **out)
{
	const struct json_node	*m = member(body, name), *each;
	const char		**list;
	size_t			 n = 0;

	*out = NULL;
	if (m == NULL)
		return CAL_OK;
	for (each = m->child; each != NULL; each = each->next)
		n++;
	list = arena_array(r->mem, n + 1, sizeof(*list));
	for (n = 0, each = m->child; each != NULL; each = each->next)
		if ((list[n++] = json_text(each, "")) == NULL)
			break;
	if (m->type != JSON_ARRAY || each != NULL)
		return req_fail_field(r, name, "must be a list of strings");
	*out = list;
	return CAL_OK;
}

enum cal_err
body_time(struct req *r, const struct json_node *body, const char *name,
    const char **out)
{
	const char	*text;
	enum cal_err	 rc;

	*out = NULL;
	if ((rc = body_text(r, body, name, &text)) != CAL_OK || text == NULL)
		return rc;
	if ((*out = when_read(r->mem, text)) != NULL)
		return CAL_OK;
	return req_fail_field(r, name, WHEN_WRONG);
}

enum cal_err
body_user(struct req *r, const struct json_node *body, const char **out)
{
	enum cal_err	 rc;

	if ((rc = body_text(r, body, "user_id", out)) != CAL_OK || *out == NULL)
		return rc;
	return user_id_check(r, *out);
}
