/*
 * names: see names.h.
 */
#include <assert.h>
#include <string.h>

#include "lib/names.h"

const char *
names_at(const struct names *t, unsigned value)
{
	assert(value < t->n);
	return t->name[value];
}

bool
names_find(const struct names *t, const char *name, unsigned *value)
{
	unsigned	 i;

	*value = 0;
	if (name == NULL)
		return true;
	for (i = 0; i < t->n; i++)
		if (t->name[i] != NULL && strcmp(t->name[i], name) == 0) {
			*value = i;
			return true;
		}
	return false;
}
