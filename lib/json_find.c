/*
 * json_find: looking into a tree that json.c read.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"

static const struct json_node *
member_find(const struct json_node *object, const char *key, size_t keysz)
{
	const struct json_node	*n;

	if (object->type != JSON_OBJECT)
		return NULL;
	for (n = object->child; n != NULL; n = n->next)
		if (n->keysz == keysz && memcmp(n->key, key, keysz) == 0)
			return n;
	return NULL;
}

const struct json_node *
json_find(const struct json_node *n, const char *path)
{
	size_t	len;

	while (n != NULL && *path != '\0') {
		len = strcspn(path, ".");
		n = member_find(n, path, len);
		path += len;
		if (*path == '.')
			path++;
	}
	return n;
}

const char *
json_text(const struct json_node *node, const char *path)
{
	const struct json_node	*n;

	n = json_find(node, path);
	if (n == NULL || n->type != JSON_STRING)
		return NULL;
	return strlen(n->text) == n->textsz ? n->text : NULL;
}

bool
json_int(const struct json_node *node, const char *path, int64_t *out)
{
	const struct json_node	*n;
	long long		 v;
	char			*end;

	_Static_assert(sizeof(v) == sizeof(*out), "long long has 64 bits");
	n = json_find(node, path);
	if (n == NULL || n->type != JSON_NUMBER)
		return false;
	errno = 0;
	v = strtoll(n->text, &end, 10);
	if (errno != 0 || *end != '\0')
		return false;
	*out = v;
	return true;
}

bool
json_is_true(const struct json_node *node, const char *path)
{
	const struct json_node	*n;

	n = json_find(node, path);
	return n != NULL && n->type == JSON_BOOL && n->truth;
}
