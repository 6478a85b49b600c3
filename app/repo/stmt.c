/*
 * stmt: the table of statements, see stmt.h.
 */
#include "app/repo/rows.h"
#include "app/repo/stmt.h"

#define STMT_ROW(id, n, ...)	[id] = { .nparam = (n), __VA_ARGS__ },

const struct db_stmt stmt_table[STMT__MAX] = {
#include "app/repo/stmt_all.inc"
};
