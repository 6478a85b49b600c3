/*
 * row: rows of an answer as structs.
 *
 * A statement whose answer has more than one column says, beside its SQL,
 * which "row" each line of it is: the columns by their names and in their
 * order, each with the member of a struct that it fills.  t/repo/stmt.c holds
 * these names against those that PostgreSQL gives the answer.  The rows are
 * listed in rows.h, and each is defined where its struct is filled.
 */
#ifndef APP_REPO_ROW_H
#define APP_REPO_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/err.h"
#include "lib/names.h"

struct arena;
struct db_rows;

/* What a member is: each is read from its column's text. */
enum row_type {
	ROW_TEXT,		/* const char *; NULL for SQL NULL */
	ROW_INT,		/* int; 0 for SQL NULL */
	ROW_INT64,		/* int64_t; the same */
	ROW_BOOL,		/* bool; false for SQL NULL */
	ROW_BYTES,		/* struct bytes; p is NULL for SQL NULL */
	ROW_TEXTS,		/* const char *const *, NULL-terminated */
	ROW_NAME,		/* an enum; 0 for SQL NULL */
};

struct row_column {
	const char		*name;
	enum row_type		 type;
	size_t			 offset;	/* of the member */
	const struct names	*names;		/* of a ROW_NAME */
};

struct row {
	const struct row_column	*column;
	int			 ncolumn;
	size_t			 size;		/* of the struct */
};

/* By its type, which is one of those above, a member tells how it is read. */
#define ROW_TYPE(type, member)						\
	_Generic(((type *)0)->member,					\
	    const char *: ROW_TEXT,					\
	    int: ROW_INT,						\
	    int64_t: ROW_INT64,						\
	    bool: ROW_BOOL,						\
	    struct bytes: ROW_BYTES,					\
	    const char *const *: ROW_TEXTS)

/* A column that fills the member of its name, or (_AS) of another name. */
#define COLUMN(type, member)						\
	COLUMN_AS(#member, type, member)
#define COLUMN_AS(column, type, member)					\
	{ (column), ROW_TYPE(type, member), offsetof(type, member), NULL }
/* One with a name of the enum "noun"; of any other type it does not compile. */
#define COLUMN_NAME(type, member, noun)					\
	COLUMN_NAME_AS(#member, type, member, noun)
#define COLUMN_NAME_AS(column, type, member, noun)			\
	{ (column), _Generic((noun##_name),				\
	    const char *(*)(__typeof__(((type *)0)->member)): ROW_NAME),	\
	    offsetof(type, member), &noun##_names }

/* The row of a struct, from an array of its columns. */
#define ROW(type, columns)						\
	{ (columns), (int)(sizeof(columns) / sizeof(*(columns))),	\
	    sizeof(type) }

/*
 * Fill a struct from line "i" of an answer; members without a column are zero.
 * CAL_INTERNAL, logged, for what should be a name and is none.
 */
enum cal_err	row_read(struct arena *, const struct db_rows *, int i,
		    const struct row *, void *out) ERR_CHECK;
/*
 * All lines, as an array in the arena; "list" is the address of a pointer to
 * the row's struct, which is set only on success, as "n" is.
 */
enum cal_err	row_list(struct arena *, const struct db_rows *,
		    const struct row *, void *list, int *n) ERR_CHECK;

/* Of an answer of one column: what its first line says, or all of them. */
const char	*only_text(const struct db_rows *);
int64_t		 only_int(const struct db_rows *);
bool		 only_bool(const struct db_rows *);
const char	**only_texts(struct arena *, const struct db_rows *);
/* "value" is the address of an enum, which is set only on success. */
enum cal_err	 only_name(const struct db_rows *, const struct names *,
		    void *value) ERR_CHECK;

#endif
