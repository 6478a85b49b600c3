/*
 * stmt: every SQL statement that the daemon runs, by number.
 *
 * Their one table is in the stmt_*.inc files, a chapter for each area.  A test
 * prepares each against the migrated schema.  Rows are kept apart by row-level
 * security, so statements name the tenant only to write it and where an
 * index begins with it.
 */
#ifndef APP_REPO_STMT_H
#define APP_REPO_STMT_H

#include "lib/db.h"

/* An id for each. */
#define STMT_ROW(id, n, ...)	id,
enum stmt {
#include "app/repo/stmt_all.inc"
	STMT__MAX
};
#undef STMT_ROW

/* And how many parameters it has, in a name that begins with the id. */
#define STMT_ROW(id, n, ...)	id##__NPARAM = (n),
enum {
#include "app/repo/stmt_all.inc"
};
#undef STMT_ROW

extern const struct db_stmt stmt_table[STMT__MAX];

/*
 * A statement with its arguments, in its order.  Unless there are as many as it
 * has parameters, this does not compile: an array gets a negative size.
 */
#define STMT(id, ...)							\
	DB_QUERY((int)((id) + STMT_FITS(id, DB_NARGS(__VA_ARGS__))), \
	    __VA_ARGS__)
#define STMT0(id)	DB_QUERY0((int)((id) + STMT_FITS(id, 0)))
#define STMT_FITS(id, n) \
	(0 * sizeof(char[(n) == id##__NPARAM ? 1 : -1]))

#endif
