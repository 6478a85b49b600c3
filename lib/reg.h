/*
 * reg: a register that ends up the same in whatever order, and however often,
 * its values are written.
 *
 * Of all values that were ever written the one with the greatest version stays.
 * So the state depends only on the set of writes (a join-semilattice).  That
 * holds only if one version never stands for two texts; whoever makes versions
 * ends them in a hash of the text.
 */
#ifndef LIB_REG_H
#define LIB_REG_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct reg {
	const char	*text;		/* NULL records that the value is
					 * absent, which is a value, too */
	const char	*version;	/* compared as bytes; NULL: never set */
};

/*
 * Writes a value; returns whether its version was newer than the one that was
 * there.
 */
static inline bool
reg_write(struct reg *r, const struct reg *seen)
{
	if (seen->version == NULL || (r->version != NULL &&
	    strcmp(seen->version, r->version) <= 0))
		return false;
	*r = *seen;
	return true;
}

/* Returns whether both hold the same value, whatever their versions are. */
static inline bool
reg_same(const struct reg *r, const struct reg *was)
{
	if (r->text == NULL || was->text == NULL)
		return r->text == was->text;
	return strcmp(r->text, was->text) == 0;
}

#endif
