/*
 * json: reading into a small tree (yajl, by its SAX interface).
 *
 * yajl is lax about two things, which are checked before it reads the text: it
 * accepts overlong forms and surrogates as UTF-8, and it takes any two escapes
 * in a row for a surrogate pair.
 *
 * All of yajl's memory comes from the caller's arena, which limits it.  Within
 * the caller's limits a parse takes at most about 6 bytes for each byte of text
 * (5 more if the text was spoiled) and 200 for each value and key.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <yajl/yajl_parse.h>

#include "lib/arena.h"
#include "lib/json.h"
#include "lib/json_mend.h"
#include "lib/utf8.h"

/*
 * Stays far below sizes that could overflow in yajl's buffers (CVE-2022-24795).
 */
#define SIZE_CEILING	((size_t)64 << 20)

/* An array or object that is open. */
struct level {
	struct json_node	*node;
	struct json_node	*last;	/* its newest child */
	struct level		*up;
};

struct reader {
	struct arena		*mem;
	const struct json_caps	*caps;
	size_t			 depth;
	size_t			 count;
	struct level		*level;
	struct json_node	*root;
	const char		*key;	/* of the next value */
	size_t			 keysz;
	const char		*why;	/* the limit that was passed */
};

/* A piece of yajl's memory, which begins with its size. */
union piece {
	size_t		size;
	max_align_t	align;
};

static void *
piece_alloc(void *mem, size_t size)
{
	union piece	*p;

	p = arena_alloc(mem, sizeof(*p) + size);
	p->size = size;
	return p + 1;
}

static void *
piece_realloc(void *mem, void *old, size_t size)
{
	void	*p;
	size_t	 oldsz;

	p = piece_alloc(mem, size);
	if (old != NULL) {
		oldsz = ((union piece *)old - 1)->size;
		memcpy(p, old, oldsz < size ? oldsz : size);
	}
	return p;
}

static void
piece_free(void *mem, void *p)
{
	(void)mem;
	(void)p;
}

/* Counts one more value or key.  Returns false if that passes the limit. */
static bool
reader_count(struct reader *r)
{
	if (r->count < r->caps->count) {
		r->count++;
		return true;
	}
	r->why = arena_printf(r->mem, "more than %zu values and keys",
	    r->caps->count);
	return false;
}

/*
 * Adds a new value to the open array or object.  Returns NULL if a limit is
 * passed.
 */
static struct json_node *
reader_add(struct reader *r, enum json_type type)
{
	struct json_node	*n;
	struct level		*l = r->level;

	if (!reader_count(r))
		return NULL;
	n = arena_alloc(r->mem, sizeof(*n));
	n->type = type;
	n->key = r->key;
	n->keysz = r->keysz;
	r->key = NULL;
	r->keysz = 0;
	if (l == NULL)
		r->root = n;
	else if (l->last == NULL)
		l->node->child = n;
	else
		l->last->next = n;
	if (l != NULL)
		l->last = n;
	return n;
}

static int
reader_text(struct reader *r, enum json_type type, const void *p, size_t sz)
{
	struct json_node	*n;

	if ((n = reader_add(r, type)) == NULL)
		return 0;
	n->text = arena_ndup(r->mem, p, sz);
	n->textsz = sz;
	return 1;
}

static int
reader_open(struct reader *r, enum json_type type)
{
	struct json_node	*n;
	struct level		*l;

	if (r->depth == r->caps->depth) {
		r->why = arena_printf(r->mem, "nested deeper than %zu",
		    r->caps->depth);
		return 0;
	}
	if ((n = reader_add(r, type)) == NULL)
		return 0;
	l = arena_alloc(r->mem, sizeof(*l));
	*l = (struct level){ .node = n, .up = r->level };
	r->level = l;
	r->depth++;
	return 1;
}

static int
on_close(void *ctx)
{
	struct reader	*r = ctx;

	r->level = r->level->up;
	r->depth--;
	return 1;
}

static int
on_null(void *ctx)
{
	return reader_add(ctx, JSON_NULL) != NULL;
}

static int
on_bool(void *ctx, int truth)
{
	struct json_node	*n;

	if ((n = reader_add(ctx, JSON_BOOL)) == NULL)
		return 0;
	n->truth = truth != 0;
	return 1;
}

static int
on_number(void *ctx, const char *p, size_t n)
{
	return reader_text(ctx, JSON_NUMBER, p, n);
}

static int
read_string(void *ctx, const unsigned char *p, size_t n)
{
	return reader_text(ctx, JSON_STRING, p, n);
}

static int
on_key(void *ctx, const unsigned char *p, size_t n)
{
	struct reader	*r = ctx;

	if (!reader_count(r))
		return 0;
	r->key = arena_ndup(r->mem, p, n);
	r->keysz = n;
	return 1;
}

static int
on_object(void *ctx)
{
	return reader_open(ctx, JSON_OBJECT);
}

static int
on_array(void *ctx)
{
	return reader_open(ctx, JSON_ARRAY);
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_bool,
	.yajl_number = on_number,
	.yajl_string = read_string,
	.yajl_start_map = on_object,
	.yajl_map_key = on_key,
	.yajl_end_map = on_close,
	.yajl_start_array = on_array,
	.yajl_end_array = on_close,
};

/*
 * Returns yajl's message and the position on one line.  It quotes nothing of
 * the input.
 */
static const char *
parse_fault(struct arena *mem, yajl_handle h)
{
	unsigned char	*words;

	words = yajl_get_error(h, 0, NULL, 0);
	words[strcspn((const char *)words, "\n")] = '\0';
	return arena_printf(mem, "%s, at byte %zu", (const char *)words,
	    yajl_get_bytes_consumed(h));
}

static enum cal_err
json_parse_text(struct reader *r, const char *text, size_t n, const char **why)
{
	yajl_alloc_funcs	 funcs = {
		piece_alloc, piece_realloc, piece_free, r->mem
	};
	yajl_handle		 h;
	yajl_status		 st;

	h = yajl_alloc(&callbacks, &funcs, r);
	st = yajl_parse(h, (const unsigned char *)text, n);
	if (st == yajl_status_ok)
		st = yajl_complete_parse(h);
	if (st == yajl_status_ok && r->root != NULL)
		return CAL_OK;
	if (st == yajl_status_client_canceled) {
		*why = r->why;
		return CAL_TOOLARGE;
	}
	*why = parse_fault(r->mem, h);
	return CAL_INVALID;
}

enum cal_err
json_parse(struct arena *mem, const char *text, size_t n,
    const struct json_caps *caps, const struct json_node **out,
    const char **why)
{
	struct reader	r = { .mem = mem, .caps = caps };
	enum cal_err	rc;

	*out = NULL;
	*why = NULL;
	if (n > caps->size || n > SIZE_CEILING) {
		*why = arena_printf(mem, "more than %zu bytes",
		    caps->size < SIZE_CEILING ? caps->size : SIZE_CEILING);
		return CAL_TOOLARGE;
	}
	if (!utf8_valid(text, n)) {
		*why = "not UTF-8";
		return CAL_INVALID;
	}
	text = json_mend_surrogates(mem, text, n);
	if ((rc = json_parse_text(&r, text, n, why)) == CAL_OK)
		*out = r.root;
	return rc;
}
