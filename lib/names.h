/*
 * names: the values of an enum and their names, in one table.
 *
 * The value 0 is what NULL reads as: it is "none", and has mostly no name.
 */
#ifndef LIB_NAMES_H
#define LIB_NAMES_H

#include <stdbool.h>
#include <stddef.h>

struct names {
	const char		*of;	/* what they name, for a log */
	const char *const	*name;	/* by value */
	unsigned		 n;
};

/* A table of names, from an array that is indexed by their enum. */
#define NAMES(what, list)						\
	{ .of = (what), .name = (list), .n = sizeof(list) / sizeof(*(list)) }

/*
 * Declares, for an enum NOUN, the table NOUN_names and the function
 * NOUN_name(), which takes no value of another enum unnoticed.
 */
#define NAMES_OF(noun)							\
	extern const struct names	noun##_names;			\
	static inline const char *					\
	noun##_name(enum noun value)					\
	{								\
		return names_at(&noun##_names, (unsigned)value);	\
	}

/* NULL for a value without a name. */
const char	*names_at(const struct names *, unsigned value);
/* Is it one of them?  NULL is found, as 0. */
bool		 names_find(const struct names *, const char *name,
		    unsigned *value);

#endif
