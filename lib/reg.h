/*
 * reg: a register that any order and any repetition of writes leave alike.
 *
 * Of all that was ever written, what has the greatest version stays: its
 * state is a function of the set of writes (a join-semilattice).  That holds
 * only if one version never stands for two texts: who makes versions ends
 * them in a hash of the text.
 */
#ifndef LIB_REG_H
#define LIB_REG_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct reg {
	const char	*text;		/* may be NULL: that it is not so */
	const char	*version;	/* byte by byte; NULL: never written */
};

/* Write; was that newer than what there was? */
static inline bool
reg_write(struct reg *r, const struct reg *seen)
{
	if (seen->version == NULL || (r->version != NULL &&
	    strcmp(seen->version, r->version) <= 0))
		return false;
	*r = *seen;
	return true;
}

/* Do both say the same, whenever it was said? */
static inline bool
reg_same(const struct reg *r, const struct reg *was)
{
	if (r->text == NULL || was->text == NULL)
		return r->text == was->text;
	return strcmp(r->text, was->text) == 0;
}

#endif
