/*
 * strip: see strip.h.
 */
#include <string.h>

#include "app/calendly/sighting.h"
#include "app/service/meeting/strip.h"
#include "lib/arena.h"
#include "lib/json.h"
#include "lib/reg.h"

/* Members that tell nothing about a person. */
static const char *const	kept[] = {
	"calendly_uri", "event_type_uri", "start_time", "end_time",
	"invitees_counter", "created_at", "updated_at", "rescheduled",
	"rescheduled_from", "rescheduled_to", "canceler_type", "canceled_at",
};

static bool
is_one_of(const char *key, const char *const *list, size_t n)
{
	size_t	 i;

	for (i = 0; i < n; i++)
		if (strcmp(key, list[i]) == 0)
			return true;
	return false;
}

static bool
is_kept(const char *key)
{
	return is_one_of(key, kept, sizeof(kept) / sizeof(kept[0]));
}

/* Members that are there only when they name something (content.h). */
static bool
is_remark(const char *key)
{
	static const char *const	remarks[] = {
		"truncated", "unreadable"
	};

	return is_one_of(key, remarks, sizeof(remarks) / sizeof(remarks[0]));
}

static void
strip_members(struct json *j, const struct json_node *object)
{
	const struct json_node	*n;

	for (n = object->child; n != NULL; n = n->next) {
		if (is_kept(n->key)) {
			json_node(j, n->key, n, NULL, NULL);
		} else if (strcmp(n->key, "cancellation") == 0 &&
		    n->type == JSON_OBJECT) {
			json_object(j, n->key);
			strip_members(j, n);
			json_end(j);
		} else if (n->type == JSON_ARRAY && !is_remark(n->key)) {
			json_array(j, n->key);
			json_end(j);
		} else if (n->type != JSON_ARRAY) {
			json_null(j, n->key);
		}
	}
}

static const char *
strip_text(struct arena *mem, const char *text)
{
	static const struct json_caps	 caps = { 8 << 20, 32, 1 << 17 };
	const struct json_node		*root;
	const char			*why;
	struct json			*j = json_new(mem);

	json_object(j, NULL);
	if (json_parse(mem, text, strlen(text), &caps, &root, &why) == CAL_OK)
		strip_members(j, root);
	json_end(j);
	return json_done(j, NULL);
}

struct reg
strip_reg(struct arena *mem, const struct reg *r, const char *gone_at)
{
	struct reg	 stripped = *r;
	const char	*at;

	if (gone_at == NULL || r->text == NULL || r->version == NULL)
		return stripped;
	at = sighting_time(mem, r->version);
	if (at == NULL || strcmp(at, gone_at) <= 0)
		stripped.text = strip_text(mem, r->text);
	return stripped;
}
