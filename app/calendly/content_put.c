/*
 * content_put: writes members by the tables of content.c, and notes what was
 * cut and what could not be read.
 */
#include <string.h>

#include "app/calendly/content.h"
#include "app/calendly/content_field.h"
#include "app/calendly/content_value.h"
#include "app/calendly/hosts.h"
#include "app/calendly/id.h"
#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/json.h"
#include "lib/when.h"

enum {
	LIST_MAX = 100,
	LIST_BYTES = 64 * 1024,
	NAMES_MAX = 64,		/* more than there are members in the tables */
};

/* Names of members, each once, in the order in which they came. */
struct names {
	const char	*all[NAMES_MAX];
	int		 n;
};

struct writer {
	struct json	*j;
	struct arena	*mem;
	const char	*prefix;	/* of the open object,
					 * such as "location." */
	struct names	 cut;
	struct names	 unread;
};

static void
add_name(struct writer *w, struct names *names, const char *name)
{
	const char	*full = arena_printf(w->mem, "%s%s", w->prefix, name);
	int		 i;

	for (i = 0; i < names->n; i++)
		if (strcmp(names->all[i], full) == 0)
			return;
	if (names->n < NAMES_MAX)
		names->all[names->n++] = full;
}

static bool
is_said(const struct json_node *n)
{
	return n != NULL && n->type != JSON_NULL;
}

static void
put_unread(struct writer *w, const char *name)
{
	add_name(w, &w->unread, name);
	json_null(w->j, name);
}

static void
put_text(struct writer *w, const char *name, const struct json_node *n,
    bool is_answer)
{
	struct json_node	 text = { .type = JSON_STRING };
	bool			 was_cut;

	if (!is_answer && n->type != JSON_STRING && n->type != JSON_NUMBER) {
		put_unread(w, name);
		return;
	}
	text.text = value_text(w->mem, n, &text.textsz, &was_cut);
	if (was_cut)
		add_name(w, &w->cut, name);
	/* The text may hold a NUL, and only json_node() can write one. */
	json_node(w->j, name, &text, NULL, NULL);
}

static void
put_link(struct writer *w, const char *name, const struct json_node *n)
{
	const char	*uri = json_text(n, "");

	if (id_from_uri(w->mem, uri) == NULL)
		put_unread(w, name);
	else
		json_str(w->j, name, uri);
}

static void
put_time(struct writer *w, const char *name, const struct json_node *n)
{
	const char	*when = when_read_loose(w->mem, json_text(n, ""));

	if (when == NULL)
		put_unread(w, name);
	else
		json_str(w->j, name, when);
}

static void
put_whole(struct writer *w, const char *name, const struct json_node *n)
{
	int64_t	 v;

	if (json_int(n, "", &v))
		json_num(w->j, name, v);
	else
		put_unread(w, name);
}

static void
put_truth(struct writer *w, const char *name, const struct json_node *n)
{
	if (n->type == JSON_BOOL)
		json_bool(w->j, name, n->truth);
	else
		put_unread(w, name);
}

static void	put_members(struct writer *, const struct json_node *,
		    const struct content_field *);

/* Writes an object.  Members within it are noted as "name.member". */
static void
put_object(struct writer *w, const char *key, const char *name,
    const struct json_node *n, const struct content_field *part)
{
	const char	*outer = w->prefix;

	json_object(w->j, key);
	w->prefix = arena_printf(w->mem, "%s%s.", outer, name);
	put_members(w, n, part);
	w->prefix = outer;
	json_end(w->j);
}

static void
put_list(struct writer *w, const char *name, const struct json_node *n,
    const struct content_field *part)
{
	size_t	 bytes = 0;
	int	 most = LIST_MAX;

	json_array(w->j, name);
	for (n = n->child; n != NULL; n = n->next) {
		if (!is_said(n))
			continue;
		if (n->type != JSON_OBJECT) {
			add_name(w, &w->unread, name);
			continue;
		}
		bytes += value_weight(n);
		if (most-- == 0 || bytes > LIST_BYTES) {
			add_name(w, &w->cut, name);
			break;
		}
		put_object(w, NULL, name, n, part);
	}
	json_end(w->j);
}

static bool
is_list(const struct content_field *f)
{
	return f->form == LIST || f->form == HOST_LIST;
}

static void
put_nothing(struct json *j, const struct content_field *f)
{
	if (!is_list(f)) {
		json_null(j, f->name);
		return;
	}
	json_array(j, f->name);
	json_end(j);
}

static void
put_member(struct writer *w, const struct content_field *f,
    const struct json_node *n)
{
	switch (f->form) {
	case TEXT:
	case ANSWER:
		put_text(w, f->name, n, f->form == ANSWER);
		break;
	case LINK:
		put_link(w, f->name, n);
		break;
	case TIME:
		put_time(w, f->name, n);
		break;
	case WHOLE:
		put_whole(w, f->name, n);
		break;
	case TRUTH:
		put_truth(w, f->name, n);
		break;
	case OBJECT:
		put_object(w, f->name, f->name, n, f->part);
		break;
	case LIST:
		put_list(w, f->name, n, f->part);
		break;
	case HOST_LIST:
		put_list(w, f->name, hosts_once(w->mem, n), f->part);
		break;
	}
}

static void
put_members(struct writer *w, const struct json_node *node,
    const struct content_field *f)
{
	const struct json_node	*n;

	for (; f->name != NULL; f++) {
		n = json_find(node, f->path);
		if ((f->form == OBJECT && is_said(n) &&
		    n->type != JSON_OBJECT) ||
		    (is_list(f) && is_said(n) && n->type != JSON_ARRAY)) {
			add_name(w, &w->unread, f->name);
			n = NULL;
		}
		if (is_said(n))
			put_member(w, f, n);
		else
			put_nothing(w->j, f);
	}
}

static void
put_names(struct json *j, const char *key, const struct names *names)
{
	int	 i;

	if (names->n == 0)
		return;
	json_array(j, key);
	for (i = 0; i < names->n; i++)
		json_str(j, NULL, names->all[i]);
	json_end(j);
}

void
content_put(struct json *j, struct arena *mem, const struct json_node *node,
    const struct content_field *fields)
{
	struct writer	 w = { .j = j, .mem = mem, .prefix = "" };

	put_members(&w, node, fields);
	put_names(j, "truncated", &w.cut);
	put_names(j, "unreadable", &w.unread);
}

void
content_put_object(struct json *j, struct arena *mem, const char *name,
    const struct json_node *n, const struct content_field *part)
{
	if (n == NULL || n->type != JSON_OBJECT) {
		json_null(j, name);
		return;
	}
	json_object(j, name);
	content_put(j, mem, n, part);
	json_end(j);
}

const char *
content_unread(struct arena *mem, const struct json_node *node,
    const struct content_field *fields)
{
	struct writer	 w = { .j = json_new(mem), .mem = mem, .prefix = "" };
	struct buf	 b;
	int		 i;

	json_object(w.j, NULL);
	put_members(&w, node, fields);
	if (w.unread.n == 0)
		return NULL;
	buf_init(&b, mem, 0);
	for (i = 0; i < w.unread.n; i++)
		(void)buf_printf(&b, "%s%s", i == 0 ? "" : ", ",
		    w.unread.all[i]);
	return b.p;
}
