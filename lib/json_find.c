/*
 * json_find: reading values of a tree that json.c has made.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"

enum { EXPONENT_MAX = 1 << 30 };

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

/* Reads an exponent, or nothing, up to the end of the text. */
static bool
read_exponent(const char *s, long *out)
{
	char	*end;

	*out = 0;
	if (*s == '\0')
		return true;
	if (*s != 'e' && *s != 'E')
		return false;
	s++;
	if (!isdigit((unsigned char)s[*s == '-' || *s == '+']))
		return false;
	*out = strtol(s, &end, 10);
	if (*out > EXPONENT_MAX || *out < -EXPONENT_MAX)
		*out = *out < 0 ? -EXPONENT_MAX : EXPONENT_MAX;
	return *end == '\0';
}

static bool
add_digit(uint64_t *v, char digit)
{
	const uint64_t	d = (uint64_t)(digit - '0');

	if (*v > (UINT64_MAX - d) / 10)
		return false;
	*v = *v * 10 + d;
	return true;
}

/*
 * Reads the digits as if the decimal point stood after the first "before" of
 * them.  Returns false if that would cut off digits other than 0.
 */
static bool
read_digits(const char *s, size_t n, long before, uint64_t *v)
{
	size_t	i;

	*v = 0;
	for (i = 0; i < n; i++) {
		if (s[i] == '.')
			continue;
		if (before <= 0 ? s[i] != '0' : !add_digit(v, s[i]))
			return false;
		before--;
	}
	for (; *v != 0 && before > 0; before--)
		if (!add_digit(v, '0'))
			return false;
	return true;
}

bool
json_int_of(const char *s, int64_t *out)
{
	const bool	negative = *s == '-';
	size_t		n, whole, digits;
	uint64_t	v;
	long		exponent;

	s += negative;
	n = whole = strspn(s, "0123456789");
	if (s[n] == '.') {
		digits = strspn(s + n + 1, "0123456789");
		n = digits == 0 ? 0 : n + 1 + digits;
	}
	if (whole == 0 || n == 0 || n > EXPONENT_MAX ||
	    !read_exponent(s + n, &exponent) ||
	    !read_digits(s, n, (long)whole + exponent, &v) ||
	    v > (uint64_t)INT64_MAX + negative)
		return false;
	*out = !negative ? (int64_t)v : v == 0 ? 0 : -(int64_t)(v - 1) - 1;
	return true;
}

bool
json_int(const struct json_node *node, const char *path, int64_t *out)
{
	const struct json_node	*n = json_find(node, path);

	return n != NULL && n->type == JSON_NUMBER &&
	    json_int_of(n->text, out);
}

bool
json_is_true(const struct json_node *node, const char *path)
{
	const struct json_node	*n;

	n = json_find(node, path);
	return n != NULL && n->type == JSON_BOOL && n->truth;
}
