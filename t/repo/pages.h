/*
 * pages: how many pages a statement read, by EXPLAIN (ANALYZE, BUFFERS).
 */
#ifndef T_REPO_PAGES_H
#define T_REPO_PAGES_H

#include "t/repo/helper.h"

static int64_t
number_after(const char *line, const char *name)
{
	const char	*at = strstr(line, name);

	return at == NULL ? 0 : strtoll(at + strlen(name), NULL, 10);
}

/* The first such line tells of all. */
static int64_t
pages_of(const struct db_rows *plan)
{
	const char	*line;
	int		 i;

	for (i = 0; i < plan->n; i++) {
		line = db_cell(plan, i, 0);
		if (strstr(line, "Buffers: shared") != NULL)
			return number_after(line, "hit=") +
			    number_after(line, "read=");
	}
	return 0;
}

/* In a transaction that comes to nothing. */
static int64_t
pages_read(struct db *db, int stmt)
{
	struct db_rows	 plan;

	ok(db_begin(db));
	ok(db_run(db, mem, DB_QUERY0(stmt), &plan));
	db_rollback(db);
	return pages_of(&plan);
}

#endif
