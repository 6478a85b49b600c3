/*
 * names: see names.h.
 */
#include <assert.h>
#include <string.h>

#include "lib/arena.h"
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

const char **
names_list(struct arena *mem, const struct names *t)
{
	const char	**list = arena_array(mem, t->n, sizeof(*list));

	memcpy(list, t->name + 1, (t->n - 1) * sizeof(*list));
	return list;
}
