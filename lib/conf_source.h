/*
 * conf_source: where settings come from, and what is said about them; for
 * lib/conf*.c alone.
 */
#ifndef LIB_CONF_SOURCE_H
#define LIB_CONF_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/conf.h"

struct arena;

/* A NAME=value as it was found. */
struct conf_pair {
	const char		*name;
	const char		*value;
	size_t			 line;		/* in the file; else 0 */
	const struct conf_pair	*next;
};

/* What is said, in order. */
struct conf_talk {
	struct arena		*mem;
	struct conf_message	*first;
	struct conf_message	**end;
	bool			 fault;
};

void	conf_talk_init(struct conf_talk *, struct arena *);
void	conf_fault(struct conf_talk *, const char *, ...)
	    __attribute__((__format__(__printf__, 2, 3)));
void	conf_warning(struct conf_talk *, const char *, ...)
	    __attribute__((__format__(__printf__, 2, 3)));

/* The pairs of a file in its order; says what is wrong with it. */
const struct conf_pair	*conf_file_read(struct conf_talk *, const char *path);
/* The pairs of an environment. */
const struct conf_pair	*conf_environ_read(struct arena *, char *const *);
/* The last pair of that name with a value that is not empty, or NULL. */
const struct conf_pair	*conf_pair_find(const struct conf_pair *,
			    const char *name);

/* A file's whole text; NULL, with "why" set, on a failure. */
const char	*conf_text(struct arena *, const char *path, const char **why);

/* The item of the table whose name is nearest by edit distance. */
const struct conf_item	*conf_nearest(struct arena *,
			    const struct conf_item *, size_t,
			    const char *name, size_t *distance);

#endif
