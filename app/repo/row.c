/*
 * row: see row.h.
 */
#include <assert.h>
#include <string.h>

#include "app/repo/row.h"
#include "lib/arena.h"
#include "lib/db.h"
#include "lib/log.h"

/* The index of the column in an answer that has only one. */
enum { ONLY };

/*
 * An enum member is written through a pointer to unsigned, so enums must be as
 * wide as that.
 */
_Static_assert(sizeof(enum row_type) == sizeof(unsigned),
    "an enum is as wide as an unsigned");

static enum cal_err
read_name(const struct names *names, const char *text, void *to)
{
	unsigned	 value;

	if (!names_find(names, text, &value)) {
		log_warn("database: \"%.40s\" is no %s that this version "
		    "knows", text, names->of);
		return CAL_INTERNAL;
	}
	memcpy(to, &value, sizeof(value));
	return CAL_OK;
}

static enum cal_err
read_cell(struct arena *mem, const struct db_rows *rows, int i, int k,
    const struct row_column *c, void *to)
{
	switch (c->type) {
	case ROW_TEXT:
		*(const char **)to = db_cell(rows, i, k);
		break;
	case ROW_INT:
		*(int *)to = (int)db_cell_int(rows, i, k);
		break;
	case ROW_INT64:
		*(int64_t *)to = db_cell_int(rows, i, k);
		break;
	case ROW_BOOL:
		*(bool *)to = db_cell_bool(rows, i, k);
		break;
	case ROW_BYTES:
		*(struct bytes *)to = db_cell_bytes(mem, rows, i, k);
		break;
	case ROW_TEXTS:
		*(const char *const **)to = db_cell_texts(mem, rows, i, k);
		break;
	case ROW_NAME:
		return read_name(c->names, db_cell(rows, i, k), to);
	}
	return CAL_OK;
}

enum cal_err
row_read(struct arena *mem, const struct db_rows *rows, int i,
    const struct row *row, void *out)
{
	enum cal_err	 rc = CAL_OK;
	int		 k;

	assert(rows->ncol == row->ncolumn);
	memset(out, 0, row->size);
	for (k = 0; rc == CAL_OK && k < row->ncolumn; k++)
		rc = read_cell(mem, rows, i, k, &row->column[k],
		    (char *)out + row->column[k].offset);
	return rc;
}

enum cal_err
row_list(struct arena *mem, const struct db_rows *rows, const struct row *row,
    void *list, int *n)
{
	char		*all = arena_array(mem, (size_t)rows->n, row->size);
	enum cal_err	 rc = CAL_OK;
	int		 i;

	for (i = 0; rc == CAL_OK && i < rows->n; i++)
		rc = row_read(mem, rows, i, row, all + (size_t)i * row->size);
	if (rc != CAL_OK)
		return rc;
	memcpy(list, &all, sizeof(all));
	*n = rows->n;
	return CAL_OK;
}

const char *
only_text(const struct db_rows *rows)
{
	return db_cell(rows, 0, ONLY);
}

int64_t
only_int(const struct db_rows *rows)
{
	return db_cell_int(rows, 0, ONLY);
}

bool
only_bool(const struct db_rows *rows)
{
	return db_cell_bool(rows, 0, ONLY);
}

const char **
only_texts(struct arena *mem, const struct db_rows *rows)
{
	const char	**list = arena_array(mem, (size_t)rows->n + 1,
			    sizeof(*list));
	int		  i;

	for (i = 0; i < rows->n; i++)
		list[i] = db_cell(rows, i, ONLY);
	return list;
}

enum cal_err
only_name(const struct db_rows *rows, const struct names *names, void *value)
{
	return read_name(names, db_cell(rows, 0, ONLY), value);
}
