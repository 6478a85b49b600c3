/*
 * content_value: see content_value.h.
 */
#include "app/calendly/content_value.h"
#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/json.h"

enum { TEXT_MAX = 16 * 1024 };

static bool
is_plain_value(const struct json_node *n)
{
	return n->type != JSON_ARRAY && n->type != JSON_OBJECT;
}

/* The text of a value that is neither array nor object. */
static struct bytes
plain_value(const struct json_node *n)
{
	if (n->type == JSON_BOOL)
		return n->truth ? (struct bytes){ "true", 4 } :
		    (struct bytes){ "false", 5 };
	return n->type == JSON_NULL ? (struct bytes){ "", 0 } :
	    (struct bytes){ n->text, n->textsz };
}

/* "a, b, c" for a list of plain values; for anything else its JSON. */
static struct bytes
answer_text(struct arena *mem, const struct json_node *n)
{
	const struct json_node	*e = n->type == JSON_ARRAY ? n->child : n;
	struct json		*j;
	struct bytes		 part;
	struct buf		 b;
	size_t			 size;

	buf_init(&b, mem, 0);
	for (; e != NULL && is_plain_value(e); e = e->next) {
		part = plain_value(e);
		(void)buf_puts(&b, b.n == 0 ? "" : ", ");
		(void)buf_add(&b, part.p, part.n);
	}
	if (e == NULL)
		return (struct bytes){ b.p, b.n };
	j = json_new(mem);
	json_node(j, NULL, n, NULL, NULL);
	part.p = json_done(j, &size);
	part.n = size;
	return part;
}

/* Cuts a text after a whole character and appends an ellipsis. */
static struct bytes
cut_text(struct arena *mem, struct bytes text)
{
	const unsigned char	*s = text.p;
	struct buf		 b;
	size_t			 n = TEXT_MAX;

	while (n > 0 && (s[n] & 0xc0) == 0x80)
		n--;
	buf_init(&b, mem, 0);
	(void)buf_add(&b, s, n);
	(void)buf_puts(&b, "\xe2\x80\xa6");
	return (struct bytes){ b.p, b.n };
}

const char *
value_text(struct arena *mem, const struct json_node *n, size_t *size,
    bool *was_cut)
{
	struct bytes	 text;

	text = is_plain_value(n) ? plain_value(n) : answer_text(mem, n);
	if ((*was_cut = text.n > TEXT_MAX))
		text = cut_text(mem, text);
	*size = text.n;
	return text.p;
}

/* Roughly the number of bytes that the values within take. */
static size_t
weight_of_value(const struct json_node *n)
{
	size_t	 sum = 0;

	for (n = n->child; n != NULL; n = n->next)
		sum += n->textsz + (is_plain_value(n) ? 0 : weight_of_value(n));
	return sum;
}

size_t
value_weight(const struct json_node *n)
{
	size_t	 sum = 0, one;

	for (n = n->child; n != NULL; n = n->next) {
		one = is_plain_value(n) ? n->textsz : weight_of_value(n);
		sum += one < TEXT_MAX ? one : TEXT_MAX;
	}
	return sum;
}
