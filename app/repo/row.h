/*
 * row: reads the rows of an answer into structs.
 *
 * A statement whose answer has more than one column names, beside its SQL, the
 * "row" of that answer: the columns by name and in order, each with the member
 * of a struct that it fills.  t/repo/stmt.c compares these names with those of
 * PostgreSQL's answer.  rows.h lists the rows, and each is defined in the file
 * that fills its struct.
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

/* The type of a member, which tells how to read it from the column's text. */
enum row_type {
	ROW_TEXT,		/* const char *; NULL for SQL NULL */
	ROW_INT,		/* int; 0 for SQL NULL */
	ROW_INT64,		/* int64_t; 0 for SQL NULL */
	ROW_BOOL,		/* bool; false for SQL NULL */
	ROW_BYTES,		/* struct bytes; p is NULL for SQL NULL */
	ROW_TEXTS,		/* const char *const *, NULL-terminated */
	ROW_NAME,		/* an enum; 0 for SQL NULL */
};

struct row_column {
	const char		*name;
	enum row_type		 type;
	size_t			 offset;	/* of the member, in the
						 * struct */
	const struct names	*names;		/* for ROW_NAME; else NULL */
};

struct row {
	const struct row_column	*column;
	int			 ncolumn;
	size_t			 size;		/* of the struct */
};

/* Derives the row_type from the C type of the member. */
#define ROW_TYPE(type, member)						\
	_Generic(((type *)0)->member,					\
	    const char *: ROW_TEXT,					\
	    int: ROW_INT,						\
	    int64_t: ROW_INT64,						\
	    bool: ROW_BOOL,						\
	    struct bytes: ROW_BYTES,					\
	    const char *const *: ROW_TEXTS)

/*
 * Describes a column that fills the member of the same name, or, with _AS, a
 * member of another name.
 */
#define COLUMN(type, member)						\
	COLUMN_AS(#member, type, member)
#define COLUMN_AS(column, type, member)					\
	{ (column), ROW_TYPE(type, member), offsetof(type, member), NULL }
/*
 * Describes a column with a name of the enum "noun".  A member of another type
 * does not compile.
 */
#define COLUMN_NAME(type, member, noun)					\
	COLUMN_NAME_AS(#member, type, member, noun)
#define COLUMN_NAME_AS(column, type, member, noun)			\
	{ (column), _Generic((noun##_name),				\
	    const char *(*)(__typeof__(((type *)0)->member)): ROW_NAME),	\
	    offsetof(type, member), &noun##_names }

/* Makes the row of struct "type" from an array of its columns. */
#define ROW(type, columns)						\
	{ (columns), (int)(sizeof(columns) / sizeof(*(columns))),	\
	    sizeof(type) }

/*
 * Fills a struct from row "i" of an answer, counted from 0.  Members without a
 * column are zero; texts may point into the answer.  CAL_INTERNAL, which is
 * logged: a name is not one of its enum.
 */
enum cal_err	row_read(struct arena *, const struct db_rows *, int i,
		    const struct row *, void *out) ERR_CHECK;
/*
 * Fills an array in the arena from all rows.  "list" is the address of a
 * pointer to the row's struct; it and "n" are set only on success.
 */
enum cal_err	row_list(struct arena *, const struct db_rows *,
		    const struct row *, void *list, int *n) ERR_CHECK;

/*
 * For an answer with one column: only_text(), only_int() and only_bool() read
 * its first row, only_texts() lists all rows.
 */
const char	*only_text(const struct db_rows *);
int64_t		 only_int(const struct db_rows *);
bool		 only_bool(const struct db_rows *);
const char	**only_texts(struct arena *, const struct db_rows *);
/*
 * Reads the name in the first row.  "value" is the address of an enum, which is
 * set only on success.
 */
enum cal_err	 only_name(const struct db_rows *, const struct names *,
		    void *value) ERR_CHECK;

#endif
