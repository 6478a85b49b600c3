/*
 * names: a table of the names of an enum's values.
 *
 * The value 0 stands for NULL.  It means "none" and usually has no name.
 */
#ifndef LIB_NAMES_H
#define LIB_NAMES_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct names {
	const char		*of;	/* what is named, for messages */
	const char *const	*name;	/* indexed by value; NULL: no name */
	unsigned		 n;
};

/* Makes a table from an array of names that is indexed by the enum's values. */
#define NAMES(what, list)						\
	{ .of = (what), .name = (list), .n = sizeof(list) / sizeof(*(list)) }

/*
 * Declares, for the enum "noun", the table noun_names and the function
 * noun_name().  Compilers warn if that is called with a value of another enum.
 */
#define NAMES_OF(noun)							\
	extern const struct names	noun##_names;			\
	static inline const char *					\
	noun##_name(enum noun value)					\
	{								\
		return names_at(&noun##_names, (unsigned)value);	\
	}

/* Returns a value's name, or NULL if it has none. */
const char	*names_at(const struct names *, unsigned value);
/*
 * Finds the value of a name.  False: no value has this name.  The name NULL is
 * found and has the value 0.
 */
bool		 names_find(const struct names *, const char *name,
		    unsigned *value);
/* Returns all names but the one for 0, in the arena, ending with NULL. */
const char	**names_list(struct arena *, const struct names *);

#endif
