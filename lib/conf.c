/*
 * conf: see conf.h.
 */
#include <sys/stat.h>

#include <string.h>

#include "lib/arena.h"
#include "lib/conf.h"
#include "lib/conf_source.h"
#include "lib/conf_value.h"

#define FILE_SUFFIX	"_FILE"

enum { TYPO = 2 };	/* largest edit distance of a misspelt name */

struct load {
	const struct conf_source *src;
	struct conf_talk	 talk;
	const struct conf_pair	*env;
	const struct conf_pair	*file;
	const char		*open_secret;	/* one in the file itself */
	void			*out;
};

/* The value that an item was given, and how messages name its place. */
struct given {
	const char	*value;
	const char	*subject;
};

static const char *
file_name_of(struct arena *mem, const char *name)
{
	return arena_printf(mem, "%s" FILE_SUFFIX, name);
}

static void
strip_line_end(char *s)
{
	size_t	n = strlen(s);

	if (n > 0 && s[n - 1] == '\n')
		s[--n] = '\0';
	if (n > 0 && s[n - 1] == '\r')
		s[--n] = '\0';
}

/*
 * Reads the value from the file that NAME_FILE names.  Returns false if that
 * fails.
 */
static bool
given_by_file(struct load *l, const struct conf_item *it,
    const struct conf_pair *p, struct given *g)
{
	const char	*text, *why;
	char		*value;

	if ((text = conf_text(l->talk.mem, p->value, &why)) == NULL) {
		conf_fault(&l->talk, "%s: cannot read %s: %s", p->name,
		    p->value, why);
		return false;
	}
	value = arena_dup(l->talk.mem, text);
	strip_line_end(value);
	if (*value == '\0') {
		conf_fault(&l->talk, "%s: %s is empty: write the value into "
		    "it", p->name, p->value);
		return false;
	}
	g->value = value;
	g->subject = arena_printf(l->talk.mem, "%s (from %s)", it->name,
	    p->value);
	return true;
}

static const char *
pair_subject(struct arena *mem, const struct conf_pair *p)
{
	if (p->line == 0)
		return p->name;
	return arena_printf(mem, "%s (line %zu)", p->name, p->line);
}

/*
 * Looks for an item in one source.  Returns true if the source has it; if what
 * it has is faulty, the value is NULL.
 */
static bool
given_in(struct load *l, const struct conf_item *it,
    const struct conf_pair *pairs, struct given *g)
{
	const struct conf_pair	*direct, *path;

	direct = conf_pair_find(pairs, it->name);
	path = conf_pair_find(pairs, file_name_of(l->talk.mem, it->name));
	if (direct == NULL && path == NULL)
		return false;
	if (direct != NULL && path != NULL) {
		conf_fault(&l->talk, "%s and %s are both set: keep one",
		    direct->name, path->name);
		return true;
	}
	if (path != NULL) {
		(void)given_by_file(l, it, path, g);
		return true;
	}
	g->value = direct->value;
	g->subject = pair_subject(l->talk.mem, direct);
	if (pairs == l->file && conf_is_secret(it))
		l->open_secret = it->name;
	return true;
}

static void
load_item(struct load *l, const struct conf_item *it)
{
	struct given	g = { NULL, it->name };

	if (!given_in(l, it, l->env, &g) && !given_in(l, it, l->file, &g)) {
		g.value = it->fallback;
		if (g.value == NULL && it->required)
			conf_fault(&l->talk, "%s is missing: write %s=%s",
			    it->name, it->name, it->help == NULL ? "…" :
			    arena_printf(l->talk.mem, "… (%s)", it->help));
	}
	if (g.value != NULL)
		conf_value_store(&l->talk, it, g.subject, g.value, l->out);
}

static bool
is_known(struct load *l, const char *name)
{
	const struct conf_item	*it;
	size_t			 i;

	for (i = 0; i < l->src->nitems; i++) {
		it = &l->src->items[i];
		if (strcmp(name, it->name) == 0 || strcmp(name,
		    file_name_of(l->talk.mem, it->name)) == 0)
			return true;
	}
	return false;
}

static bool
has_prefix(const struct load *l, const char *name)
{
	return l->src->prefix != NULL &&
	    strncmp(name, l->src->prefix, strlen(l->src->prefix)) == 0;
}

static void
check_unknown(struct load *l, const struct conf_pair *p)
{
	const struct conf_item	*near;
	size_t			 distance;

	if (is_known(l, p->name))
		return;
	near = conf_nearest(l->talk.mem, l->src->items, l->src->nitems,
	    p->name, &distance);
	if (near == NULL)
		return;
	if (p->line != 0 && has_prefix(l, p->name))
		conf_fault(&l->talk, "%s: there is no such setting; the "
		    "nearest is %s", pair_subject(l->talk.mem, p), near->name);
	else if (has_prefix(l, p->name))
		conf_warning(&l->talk, "%s, in the environment: there is no "
		    "such setting; the nearest is %s", p->name, near->name);
	else if (p->line != 0 && distance <= TYPO)
		conf_warning(&l->talk, "%s: there is no such setting; is %s "
		    "meant?", pair_subject(l->talk.mem, p), near->name);
}

static void
check_file_mode(struct load *l)
{
	struct stat	st;

	if (l->open_secret == NULL || stat(l->src->file, &st) == -1)
		return;
	if ((st.st_mode & S_IROTH) != 0)
		conf_warning(&l->talk, "%s holds a secret (%s), and everybody "
		    "on this machine can read it: chmod o-rwx it",
		    l->src->file, l->open_secret);
}

enum cal_err
conf_load(struct arena *mem, const struct conf_source *src, void *out,
    const struct conf_message **messages)
{
	const struct conf_pair	*p;
	struct load		 l = { .src = src, .out = out };
	size_t			 i;

	conf_talk_init(&l.talk, mem);
	l.env = conf_environ_read(mem, src->environ);
	if (src->file != NULL)
		l.file = conf_file_read(&l.talk, src->file);
	for (i = 0; i < src->nitems; i++)
		load_item(&l, &src->items[i]);
	check_file_mode(&l);
	for (p = l.file; p != NULL; p = p->next)
		check_unknown(&l, p);
	for (p = l.env; p != NULL; p = p->next)
		check_unknown(&l, p);
	*messages = l.talk.first;
	return l.talk.fault ? CAL_INVALID : CAL_OK;
}

const char *
conf_fixed_changes(struct arena *mem, const struct conf_item *items, size_t n,
    const void *a, const void *b)
{
	const char	*list = NULL;
	size_t		 i;

	for (i = 0; i < n; i++) {
		if (items[i].reloadable || conf_value_equal(&items[i], a, b))
			continue;
		list = list == NULL ? items[i].name :
		    arena_printf(mem, "%s, %s", list, items[i].name);
	}
	return list;
}
