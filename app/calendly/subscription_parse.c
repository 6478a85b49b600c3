/*
 * subscription_parse: see subscription_parse.h.
 */
#include <ctype.h>
#include <string.h>

#include "app/calendly/id.h"
#include "app/calendly/subscription.h"
#include "app/calendly/subscription_parse.h"
#include "lib/arena.h"
#include "lib/json.h"
#include "lib/secret.h"

enum { KEY_MAX = 512 };

/* The texts of an array, as a NULL-terminated list; NULL if it is no array. */
static const char *const *
parse_texts(struct arena *mem, const struct json_node *array)
{
	const struct json_node	*e;
	const char		**list;
	size_t			 n = 0;

	if (array == NULL || array->type != JSON_ARRAY)
		return NULL;
	for (e = array->child; e != NULL; e = e->next)
		n++;
	list = arena_array(mem, n + 1, sizeof(*list));
	for (n = 0, e = array->child; e != NULL; e = e->next)
		if (e->type == JSON_STRING)
			list[n++] = e->text;
	return list;
}

/* A text in lower case; NULL if it is no text. */
static const char *
parse_word(struct arena *mem, const struct json_node *j, const char *path)
{
	const char	*s = json_text(j, path);
	char		*w;

	if (s == NULL)
		return NULL;
	for (w = arena_dup(mem, s), s = w; *w != '\0'; w++)
		*w = (char)tolower((unsigned char)*w);
	return s;
}

struct subscription
subscription_parse(struct arena *mem, const struct json_node *j)
{
	const char	*key = json_text(j, "signing_key");
	const char	*uri = json_text(j, "uri");

	return (struct subscription){
		.uri = id_from_uri(mem, uri) == NULL ? NULL : uri,
		.callback_url = json_text(j, "callback_url"),
		.state = parse_word(mem, j, "state"),
		.scope = parse_word(mem, j, "scope"),
		.events = parse_texts(mem, json_find(j, "events")),
		.organization = json_text(j, "organization"),
		.user = json_text(j, "user"),
		.created_at = json_text(j, "created_at"),
		.retry_started_at = json_text(j, "retry_started_at"),
		.signing_key = key == NULL || *key == '\0' ||
		    strlen(key) > KEY_MAX ? NULL : secret_from_text(mem, key),
	};
}
