/*
 * stmt: every SQL statement that the daemon runs, by number.
 *
 * The statements are in the stmt_*.inc files, one for each area, which together
 * make one table.  A test prepares each statement against the migrated schema.
 * Row-level security keeps the rows of tenants apart, so a statement names the
 * tenant only to write it, or where an index begins with it.
 */
#ifndef APP_REPO_STMT_H
#define APP_REPO_STMT_H

#include "lib/db.h"

/* Each statement's id, which is its index in stmt_table. */
#define STMT_ROW(id, n, ...)	id,
enum stmt {
#include "app/repo/stmt_all.inc"
	STMT__MAX
};
#undef STMT_ROW

/* Each statement's number of parameters, as ID__NPARAM. */
#define STMT_ROW(id, n, ...)	id##__NPARAM = (n),
enum {
#include "app/repo/stmt_all.inc"
};
#undef STMT_ROW

extern const struct db_stmt stmt_table[STMT__MAX];

/*
 * Makes a db_query of a statement and its arguments, in the order of its
 * parameters.  If their number is not that of the parameters, this does not
 * compile, because an array gets a negative size.
 */
#define STMT(id, ...)							\
	DB_QUERY((int)((id) + STMT_FITS(id, DB_NARGS(__VA_ARGS__))), \
	    __VA_ARGS__)
#define STMT0(id)	DB_QUERY0((int)((id) + STMT_FITS(id, 0)))
#define STMT_FITS(id, n) \
	(0 * sizeof(char[(n) == id##__NPARAM ? 1 : -1]))

#endif
