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

/*
 * Returns how many pages the whole plan read: the first "Buffers" line is the
 * top node's, which includes the others.
 */
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

/*
 * Runs a statement that explains another, in a transaction that is rolled back,
 * and returns how many pages the other one read.
 */
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
