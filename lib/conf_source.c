/*
 * conf_source: see conf_source.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/conf_source.h"

#define BLANKS	" \t\r"

enum { TEXT_MAX = 256 * 1024 };

void
conf_talk_init(struct conf_talk *t, struct arena *mem)
{
	*t = (struct conf_talk){ .mem = mem };
	t->end = &t->first;
}

static void
talk_add(struct conf_talk *t, bool fault, const char *text)
{
	struct conf_message	*m;

	m = arena_alloc(t->mem, sizeof(*m));
	*m = (struct conf_message){ .fault = fault, .text = text };
	*t->end = m;
	t->end = &m->next;
	t->fault = t->fault || fault;
}

void
conf_fault(struct conf_talk *t, const char *fmt, ...)
{
	va_list	ap;

	va_start(ap, fmt);
	talk_add(t, true, arena_vprintf(t->mem, fmt, ap));
	va_end(ap);
}

void
conf_warning(struct conf_talk *t, const char *fmt, ...)
{
	va_list	ap;

	va_start(ap, fmt);
	talk_add(t, false, arena_vprintf(t->mem, fmt, ap));
	va_end(ap);
}

/* Returns 0 or an errno. */
static int
conf_read_all(int fd, struct buf *b)
{
	char	part[4096];
	ssize_t	n;
	int	rc = 0;

	while (rc == 0 && (n = read(fd, part, sizeof(part))) != 0) {
		if (n > 0)
			rc = buf_add(b, part, (size_t)n) ? 0 : EFBIG;
		else if (errno != EINTR)
			rc = errno;
	}
	explicit_bzero(part, sizeof(part));
	return rc;
}

const char *
conf_text(struct arena *mem, const char *path, const char **why)
{
	struct buf	b;
	int		fd, rc;

	buf_init(&b, mem, TEXT_MAX);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1) {
		*why = strerror(errno);
		return NULL;
	}
	rc = conf_read_all(fd, &b);
	(void)close(fd);
	*why = rc != 0 ? strerror(rc) :
	    strlen(b.p) != b.n ? "there is a NUL character in it" : NULL;
	return *why == NULL ? b.p : NULL;
}

static bool
is_setting_name(const char *s)
{
	static const char	first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
	static const char	rest[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
				    "0123456789";

	return *s != '\0' && strchr(first, *s) != NULL &&
	    s[strspn(s, rest)] == '\0';
}

/* Returns the text without blanks at its ends; it is changed in place. */
static char *
conf_trimmed(char *s)
{
	size_t	n;

	s += strspn(s, BLANKS);
	for (n = strlen(s); n > 0 && strchr(BLANKS, s[n - 1]) != NULL; n--)
		;
	s[n] = '\0';
	return s;
}

/*
 * Returns the value without its quotes.  If the quotes do not match, adds a
 * message and returns NULL.
 */
static char *
conf_unquoted(struct conf_talk *t, const struct conf_pair *p, char *s)
{
	size_t	n = strlen(s);

	if (n >= 2 && s[0] == '\'' && s[n - 1] == '\'') {
		conf_fault(t, "line %zu: %s: write double quotes around the "
		    "value, or none: single ones would be part of it",
		    p->line, p->name);
		return NULL;
	}
	if (s[0] != '"')
		return s;
	if (n < 2 || s[n - 1] != '"') {
		conf_fault(t, "line %zu: %s: the double quote at the "
		    "beginning has no partner at the end", p->line, p->name);
		return NULL;
	}
	s[n - 1] = '\0';
	return s + 1;
}

/*
 * Returns NULL for a line that holds no pair, and for a faulty one, for which a
 * message is added.
 */
static struct conf_pair *
conf_parse_line(struct conf_talk *t, char *line, size_t number)
{
	struct conf_pair	*p;
	char			*eq;

	line = conf_trimmed(line);
	if (*line == '\0' || *line == '#')
		return NULL;
	if ((eq = strchr(line, '=')) != NULL)
		*eq = '\0';
	/*
	 * The message does not quote the line, which may be the rest of a
	 * secret.
	 */
	if (eq == NULL || !is_setting_name(line)) {
		conf_fault(t, "line %zu: write NAME=value, the name in "
		    "capitals, no blank before \"=\"", number);
		return NULL;
	}
	p = arena_alloc(t->mem, sizeof(*p));
	p->name = line;
	p->line = number;
	p->value = conf_unquoted(t, p, conf_trimmed(eq + 1));
	return p->value == NULL ? NULL : p;
}

static bool
check_twice(struct conf_talk *t, const struct conf_pair *all,
    const struct conf_pair *p)
{
	for (; all != NULL; all = all->next) {
		if (strcmp(all->name, p->name) != 0)
			continue;
		conf_fault(t, "line %zu: %s is there a second time (first in "
		    "line %zu): keep one", p->line, p->name, all->line);
		return false;
	}
	return true;
}

const struct conf_pair *
conf_file_read(struct conf_talk *t, const char *path)
{
	const struct conf_pair	*first = NULL, **end = &first;
	struct conf_pair	*p;
	const char		*text, *why;
	char			*rest, *line;
	size_t			 number;

	if ((text = conf_text(t->mem, path, &why)) == NULL) {
		conf_fault(t, "cannot read the configuration: %s: %s", path,
		    why);
		return NULL;
	}
	rest = arena_dup(t->mem, text);
	for (number = 1; (line = strsep(&rest, "\n")) != NULL; number++) {
		if ((p = conf_parse_line(t, line, number)) == NULL ||
		    !check_twice(t, first, p))
			continue;
		*end = p;
		end = &p->next;
	}
	return first;
}

const struct conf_pair *
conf_environ_read(struct arena *mem, char *const *env)
{
	const struct conf_pair	*first = NULL, **end = &first;
	struct conf_pair	*p;
	const char		*eq;

	for (; env != NULL && *env != NULL; env++) {
		if ((eq = strchr(*env, '=')) == NULL)
			continue;
		p = arena_alloc(mem, sizeof(*p));
		p->name = arena_ndup(mem, *env, (size_t)(eq - *env));
		p->value = eq + 1;
		*end = p;
		end = &p->next;
	}
	return first;
}

const struct conf_pair *
conf_pair_find(const struct conf_pair *p, const char *name)
{
	for (; p != NULL; p = p->next)
		if (strcmp(p->name, name) == 0 && *p->value != '\0')
			return p;
	return NULL;
}
