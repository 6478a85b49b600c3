/*
 * json_write: writing JSON text (RFC 8259) into an arena.
 *
 * Misuse, such as ending too many levels or giving a key within an array, is a
 * bug of the caller and is asserted.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/json.h"
#include "lib/utf8.h"

enum { DEPTH_MAX = 32 };

struct json {
	struct buf	text;
	size_t		depth;
	char		close[DEPTH_MAX];	/* that ends each level */
	bool		comma;			/* needed before a value */
};

static void
json_put_escaped(struct buf *b, unsigned char c)
{
	static const char	from[] = "\"\\\b\f\n\r\t";
	static const char	to[] = "\"\\bfnrt";
	const char		*short_form;
	char			 esc[8];

	short_form = c == '\0' ? NULL : strchr(from, c);
	if (short_form != NULL)
		(void)snprintf(esc, sizeof(esc), "\\%c",
		    to[short_form - from]);
	else
		(void)snprintf(esc, sizeof(esc), "\\u%04x", c);
	buf_puts(b, esc);
}

/* Returns how many bytes from "s" on need no escape. */
static size_t
plain_len(const char *s, size_t n)
{
	size_t	i, len;

	for (i = 0; i < n; i += len) {
		if ((unsigned char)s[i] < 0x20 || s[i] == '"' || s[i] == '\\')
			break;
		if ((len = utf8_len(s + i, n - i)) == 0)
			break;
	}
	return i;
}

static void
put_string(struct buf *b, const char *s, size_t n)
{
	size_t	len;

	buf_puts(b, "\"");
	while (n != 0) {
		len = plain_len(s, n);
		buf_add(b, s, len);
		s += len;
		n -= len;
		if (n == 0)
			break;
		if ((unsigned char)*s < 0x80)
			json_put_escaped(b, (unsigned char)*s);
		else
			buf_puts(b, UTF8_REPLACEMENT);
		s++;
		n--;
	}
	buf_puts(b, "\"");
}

/* Writes what stands before a value: a comma and a key. */
static void
put_lead(struct json *j, const char *key, size_t keysz)
{
	if (j->comma)
		buf_puts(&j->text, ",");
	j->comma = true;
	if (key != NULL) {
		put_string(&j->text, key, keysz);
		buf_puts(&j->text, ":");
	}
}

static void
lead_in(struct json *j, const char *key)
{
	bool	in_object = j->depth > 0 && j->close[j->depth - 1] == '}';

	assert((key != NULL) == in_object);
	put_lead(j, key, key == NULL ? 0 : strlen(key));
}

static void
open_level(struct json *j, const char *key, const char *open, char close)
{
	assert(j->depth < DEPTH_MAX);
	lead_in(j, key);
	buf_puts(&j->text, open);
	j->close[j->depth++] = close;
	j->comma = false;
}

struct json *
json_new(struct arena *mem)
{
	struct json	*j;

	j = arena_alloc(mem, sizeof(*j));
	buf_init(&j->text, mem, 0);
	return j;
}

void
json_object(struct json *j, const char *key)
{
	open_level(j, key, "{", '}');
}

void
json_array(struct json *j, const char *key)
{
	open_level(j, key, "[", ']');
}

void
json_end(struct json *j)
{
	assert(j->depth > 0);
	buf_add(&j->text, &j->close[--j->depth], 1);
	j->comma = true;
}

void
json_str(struct json *j, const char *key, const char *s)
{
	if (s == NULL) {
		json_null(j, key);
		return;
	}
	lead_in(j, key);
	put_string(&j->text, s, strlen(s));
}

void
json_num(struct json *j, const char *key, int64_t v)
{
	lead_in(j, key);
	buf_printf(&j->text, "%" PRId64, v);
}

void
json_bool(struct json *j, const char *key, bool v)
{
	lead_in(j, key);
	buf_puts(&j->text, v ? "true" : "false");
}

void
json_null(struct json *j, const char *key)
{
	lead_in(j, key);
	buf_puts(&j->text, "null");
}

void
json_raw(struct json *j, const char *key, const char *text)
{
	lead_in(j, key);
	buf_puts(&j->text, text == NULL ? "null" : text);
}

void
json_members(struct json *j, const char *text)
{
	size_t	 n = strlen(text);

	assert(j->depth > 0 && j->close[j->depth - 1] == '}');
	assert(n >= 2 && text[0] == '{' && text[n - 1] == '}');
	if (n == 2)
		return;
	put_lead(j, NULL, 0);
	buf_add(&j->text, text + 1, n - 2);
}

struct filter {
	bool	(*keep)(const struct json_node *, void *);
	void	 *arg;
};

static void	put_node(struct json *, const struct json_node *,
		    const struct filter *);

/* The recursion is limited by the depth that the tree was read with. */
static void
put_children(struct json *j, const struct json_node *n,
    const struct filter *f)
{
	const struct json_node	*c;
	bool			 object = n->type == JSON_OBJECT;

	buf_puts(&j->text, object ? "{" : "[");
	j->comma = false;
	for (c = n->child; c != NULL; c = c->next) {
		if (object && f->keep != NULL && !f->keep(c, f->arg))
			continue;
		put_lead(j, c->key, c->keysz);
		put_node(j, c, f);
	}
	buf_puts(&j->text, object ? "}" : "]");
	j->comma = true;
}

static void
put_node(struct json *j, const struct json_node *n, const struct filter *f)
{
	switch (n->type) {
	case JSON_NULL:
		buf_puts(&j->text, "null");
		break;
	case JSON_BOOL:
		buf_puts(&j->text, n->truth ? "true" : "false");
		break;
	case JSON_NUMBER:
		buf_add(&j->text, n->text, n->textsz);
		break;
	case JSON_STRING:
		put_string(&j->text, n->text, n->textsz);
		break;
	case JSON_ARRAY:
	case JSON_OBJECT:
		put_children(j, n, f);
		break;
	}
}

void
json_node(struct json *j, const char *key, const struct json_node *n,
    bool (*keep)(const struct json_node *, void *), void *arg)
{
	const struct filter	f = { keep, arg };

	if (n == NULL) {
		json_null(j, key);
		return;
	}
	lead_in(j, key);
	put_node(j, n, &f);
}

const char *
json_done(struct json *j, size_t *n)
{
	assert(j->depth == 0);
	if (n != NULL)
		*n = j->text.n;
	return j->text.p;
}
