/*
 * no_show: see no_show.h.
 */
#include <string.h>

#include "app/calendly/no_show.h"
#include "lib/arena.h"

enum {
	SECONDSZ = 19,		/* the length down to the second */
	NPARTS = 5,
};

const char *
no_show_version(struct arena *mem, const struct no_show *n)
{
	return arena_printf(mem, "%s|%d|%s|%s|%s", n->at, n->cleared,
	    n->order, n->hash, n->cleared_by);
}

/*
 * Reads a version.  Those of earlier releases have three parts: at, cleared,
 * hash.
 */
static struct no_show
no_show_parse(struct arena *mem, const char *version)
{
	const char	*part[NPARTS] = { "", "", "", "", "" };
	size_t		 len;
	int		 n = 0;

	for (; n < NPARTS; version += len + 1) {
		len = strcspn(version, "|");
		part[n++] = arena_ndup(mem, version, len);
		if (version[len] == '\0')
			break;
	}
	return (struct no_show){
		.at = part[0],
		.cleared = strcmp(part[1], "1") == 0,
		.order = n == NPARTS ? part[2] : "",
		.hash = n == NPARTS ? part[3] : part[2],
		.cleared_by = part[4],
	};
}

static int
no_show_compare(const struct no_show *a, const struct no_show *b)
{
	int	 c;

	if ((c = strcmp(a->at, b->at)) != 0)
		return c;
	if (a->cleared != b->cleared)
		return a->cleared ? 1 : -1;
	if ((c = strcmp(a->order, b->order)) != 0)
		return c;
	return strcmp(a->hash, b->hash);
}

/* Combines two messages of the same second. */
static struct reg
no_show_join(struct arena *mem, const struct reg *r, const struct no_show *was,
    const struct reg *seen, const struct no_show *said)
{
	const bool	 later = no_show_compare(said, was) > 0;
	struct no_show	 both = later ? *said : *was;
	struct reg	 sum = { .text = later ? seen->text : r->text };

	both.cleared_by = strcmp(said->cleared_by, was->cleared_by) > 0 ?
	    said->cleared_by : was->cleared_by;
	if (both.cleared_by[0] != '\0' &&
	    strcmp(both.order, both.cleared_by) <= 0)
		sum.text = NULL;
	sum.version = no_show_version(mem, &both);
	return sum;
}

bool
no_show_write(struct arena *mem, struct reg *r, const struct reg *seen)
{
	struct no_show	 was, said;
	struct reg	 sum;

	if (seen->version == NULL)
		return false;
	if (r->version == NULL || strncmp(r->version, seen->version,
	    SECONDSZ) != 0)
		return reg_write(r, seen);
	was = no_show_parse(mem, r->version);
	said = no_show_parse(mem, seen->version);
	sum = no_show_join(mem, r, &was, seen, &said);
	if (strcmp(sum.version, no_show_version(mem, &was)) == 0)
		return false;
	*r = sum;
	return true;
}
