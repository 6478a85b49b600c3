/*
 * db_value: parameters and cells, in the forms of PostgreSQL.
 */
#include <arpa/inet.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/db.h"

enum { OID_TEXT = 25 };		/* pg_type.oid of text */

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

/* A number in network order, as in PostgreSQL's binary form of an array. */
static bool
put32(struct buf *b, int64_t n)
{
	const uint32_t	 be = htonl((uint32_t)n);

	return buf_add(b, &be, sizeof(be));
}

/*
 * In binary, where nothing needs to be escaped: dimensions, whether there are
 * NULLs, the type; of the one dimension its size and lower bound; then each
 * element with its length, -1 for NULL.
 */
struct db_arg
db_text_list(struct arena *mem, const char *const *list, int n)
{
	struct buf	 b;
	size_t		 len;
	int		 i;
	bool		 ok;

	buf_init(&b, mem, 0);
	ok = put32(&b, n > 0) && put32(&b, 1) && put32(&b, OID_TEXT);
	if (n > 0)
		ok = ok && put32(&b, n) && put32(&b, 1);
	for (i = 0; i < n && ok; i++) {
		len = list[i] == NULL ? 0 : strlen(list[i]);
		ok = put32(&b, list[i] == NULL ? -1 : (int64_t)len) &&
		    buf_add(&b, list[i] == NULL ? "" : list[i], len);
	}
	return (struct db_arg){
		.p = ok ? b.p : NULL, .len = (int)b.n, .binary = 1
	};
}

struct db_arg
db_texts(struct arena *mem, const char *const *list)
{
	int	 n = 0;

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

	if (s != NULL && s[0] == '\\' && s[1] == 'x' &&
	    !crypto_unhex(mem, s + 2, strlen(s + 2), &b))
		b = (struct bytes){ NULL, 0 };
	return b;
}

/* One element of a text[], from after "{" or ","; says where it ends. */
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
