/*
 * db_url: what a connection string says.
 */
#include <string.h>

#include <libpq-fe.h>

#include "lib/arena.h"
#include "lib/db.h"

const char *
db_url_fault(struct arena *mem, const char *url)
{
	PQconninfoOption	*opt;
	char			*why = NULL;
	const char		*fault = NULL;

	if ((opt = PQconninfoParse(url, &why)) == NULL)
		fault = arena_dup(mem, why == NULL ? "no memory" : why);
	PQconninfoFree(opt);
	PQfreemem(why);
	return fault;
}

const char *
db_url_part(struct arena *mem, const char *url, const char *keyword)
{
	PQconninfoOption	*all, *opt;
	const char		*value = NULL;

	if ((all = PQconninfoParse(url, NULL)) == NULL)
		return NULL;
	for (opt = all; opt->keyword != NULL; opt++)
		if (strcmp(opt->keyword, keyword) == 0 && opt->val != NULL)
			value = arena_dup(mem, opt->val);
	PQconninfoFree(all);
	return value;
}
