/*
 * db_value: converts parameters and results to and from PostgreSQL's forms.
 */
#include <arpa/inet.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/db.h"

/* Numbers of types, which never change in PostgreSQL's pg_type.dat. */
enum {
	TYPE_BYTEA = 17,
	TYPE_TEXT = 25,
};

enum { ARRAY_HEAD = 5 * sizeof(uint32_t) };

struct db_arg
db_null(void)
{
	return (struct db_arg){ .p = NULL };
}

struct db_arg
db_text(const char *s)
{
	return (struct db_arg){ .p = s };
}

struct db_arg
db_int(struct arena *mem, int64_t n)
{
	return (struct db_arg){ .p = arena_printf(mem, "%" PRId64, n) };
}

struct db_arg
db_bool(bool truth)
{
	return (struct db_arg){ .p = truth ? "t" : "f" };
}

struct db_arg
db_bytes(struct bytes b)
{
	return (struct db_arg){ .p = b.p, .len = (int)b.n, .binary = 1 };
}

static char *
put_number(char *to, uint32_t n)
{
	const uint32_t	 big = htonl(n);

	memcpy(to, &big, sizeof(big));
	return to + sizeof(big);
}

static char *
put_bytes(char *to, struct bytes b)
{
	if (b.p == NULL)
		return put_number(to, UINT32_MAX);
	to = put_number(to, (uint32_t)b.n);
	memcpy(to, b.p, b.n);
	return to + b.n;
}

/* Makes an array in PostgreSQL's binary form; "p" NULL means SQL NULL. */
static struct db_arg
array_of(struct arena *mem, uint32_t type, const struct bytes *e, size_t n)
{
	size_t	 i, size = ARRAY_HEAD, nulls = 0;
	char	*start, *to;

	for (i = 0; i < n; i++) {
		size += sizeof(uint32_t) + e[i].n;
		nulls += e[i].p == NULL;
	}
	start = to = arena_alloc(mem, size);
	to = put_number(to, n > 0);		/* number of dimensions */
	to = put_number(to, nulls > 0);
	to = put_number(to, type);
	if (n > 0) {
		to = put_number(to, (uint32_t)n);
		to = put_number(to, 1);		/* lowest index */
	}
	for (i = 0; i < n; i++)
		to = put_bytes(to, e[i]);
	return (struct db_arg){ .p = start, .len = (int)(to - start),
		.binary = 1 };
}

struct db_arg
db_bytes_list(struct arena *mem, const struct bytes *list, size_t n)
{
	return array_of(mem, TYPE_BYTEA, list, n);
}

struct db_arg
db_text_list(struct arena *mem, const char *const *list, size_t n)
{
	struct bytes	*e = arena_array(mem, n, sizeof(*e));
	size_t		 i;

	for (i = 0; i < n; i++)
		if (list[i] != NULL)
			e[i] = (struct bytes){ list[i], strlen(list[i]) };
	return array_of(mem, TYPE_TEXT, e, n);
}

struct db_arg
db_texts(struct arena *mem, const char *const *list)
{
	size_t	 n = 0;

	while (list[n] != NULL)
		n++;
	return db_text_list(mem, list, n);
}

const char *
db_cell(const struct db_rows *rows, int row, int col)
{
	return rows->cell[row * rows->ncol + col];
}

bool
db_cell_null(const struct db_rows *rows, int row, int col)
{
	return db_cell(rows, row, col) == NULL;
}

int64_t
db_cell_int(const struct db_rows *rows, int row, int col)
{
	const char	*s = db_cell(rows, row, col);

	return s == NULL ? 0 : strtoll(s, NULL, 10);
}

bool
db_cell_bool(const struct db_rows *rows, int row, int col)
{
	const char	*s = db_cell(rows, row, col);

	return s != NULL && s[0] == 't';
}

struct bytes
db_cell_bytes(struct arena *mem, const struct db_rows *rows, int row, int col)
{
	struct bytes	 b = { NULL, 0 };
	const char	*s = db_cell(rows, row, col);

	if (rows->len != NULL && s != NULL)
		return (struct bytes){ s,
			(size_t)rows->len[row * rows->ncol + col] };
	if (s != NULL && s[0] == '\\' && s[1] == 'x' &&
	    !crypto_unhex(mem, s + 2, strlen(s + 2), &b))
		b = (struct bytes){ NULL, 0 };
	return b;
}

/*
 * Reads one element of a text[], which begins after "{" or ","; returns where
 * it ends.
 */
static const char *
read_element(struct arena *mem, const char *s, const char **out)
{
	bool	 quoted = *s == '"';
	char	*to;

	to = arena_alloc(mem, strlen(s) + 1);
	*out = to;
	for (s += quoted; *s != '\0'; s++) {
		if (quoted ? *s == '"' : *s == ',' || *s == '}')
			break;
		if (*s == '\\' && s[1] != '\0')
			s++;
		*to++ = *s;
	}
	return s + (quoted && *s == '"');
}

const char *const *
db_cell_texts(struct arena *mem, const struct db_rows *rows, int row, int col)
{
	const char	*s = db_cell(rows, row, col);
	const char	**list;
	size_t		 n = 0, most = 1;

	for (const char *p = s; p != NULL && *p != '\0'; p++)
		most += *p == ',' || *p == '{';
	list = arena_array(mem, most + 1, sizeof(*list));
	if (s == NULL || *s++ != '{')
		return list;
	while (*s != '\0' && *s != '}' && n < most) {
		s = read_element(mem, s, &list[n++]);
		if (*s == ',')
			s++;
	}
	return list;
}
