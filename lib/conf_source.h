/*
 * conf_source: reading settings from their sources, and collecting messages
 * about them.  For lib/conf*.c alone.
 */
#ifndef LIB_CONF_SOURCE_H
#define LIB_CONF_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/conf.h"

struct arena;

/* One NAME=value pair as it was found. */
struct conf_pair {
	const char		*name;
	const char		*value;
	size_t			 line;		/* in the file, else 0 */
	const struct conf_pair	*next;
};

/* The messages, in the order in which they were added. */
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

/*
 * Returns the pairs of a file in the file's order.  Syntax faults are added to
 * the messages.
 */
const struct conf_pair	*conf_file_read(struct conf_talk *, const char *path);
/* Returns the pairs of an environment. */
const struct conf_pair	*conf_environ_read(struct arena *, char *const *);
/*
 * Returns the last pair that has this name and a value that is not empty, or
 * NULL.
 */
const struct conf_pair	*conf_pair_find(const struct conf_pair *,
			    const char *name);

/*
 * Returns the whole text of a file.  On a failure returns NULL and sets "why".
 */
const char	*conf_text(struct arena *, const char *path, const char **why);

/* Returns the item of the table whose name has the smallest edit distance. */
const struct conf_item	*conf_nearest(struct arena *,
			    const struct conf_item *, size_t,
			    const char *name, size_t *distance);

#endif
