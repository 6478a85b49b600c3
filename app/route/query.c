/*
 * query: see query.h.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "app/route/answer.h"
#include "app/route/query.h"
#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/names.h"
#include "lib/req.h"
#include "lib/uri.h"
#include "lib/when.h"
#include "lib/words.h"

enum {
	LIMIT_DEFAULT = 100,
	LIMIT_MAX = 1000,
	PARAMETERS_MAX = 64,
	NAME_MAX_SHOWN = 64,
};

/* Returns the words as "a, b or c". */
static const char *
list_words(struct req *r, const char *const *words)
{
	struct buf	 b;

	buf_init(&b, r->mem, 0);
	for (; *words != NULL; words++) {
		if (b.n > 0)
			(void)buf_puts(&b, words[1] == NULL ? " or " : ", ");
		(void)buf_puts(&b, *words);
	}
	return b.p;
}

/*
 * Returns a name under which to report a parameter whose own name cannot be
 * decoded and may consist of any bytes.
 */
static const char *
name_for(struct req *r, const char *p, size_t n)
{
	return n == 0 ? "query" :
	    arena_ndup(r->mem, p, n < NAME_MAX_SHOWN ? n : NAME_MAX_SHOWN);
}

/*
 * Checks one parameter of "n" bytes at "p" and sets "name".  A value that
 * cannot be decoded is an error, because it would otherwise count as missing,
 * and without a filter the answer holds everything.
 */
static enum cal_err
check_encoding(struct req *r, const char *p, size_t n, const char **name)
{
	const size_t	 nname = strcspn(p, "&=");

	*name = uri_decode(r->mem, p, nname, true);
	if (*name == NULL)
		*name = name_for(r, p, nname);
	else if (nname == n ||
	    uri_decode(r->mem, p + nname + 1, n - nname - 1, true) != NULL)
		return CAL_OK;
	return req_fail_field(r, **name != '\0' ? *name : "query",
	    "has a % that is not followed by the two hex digits of a "
	    "character; a % itself is %25");
}

/* True if the name at index "last" also stands before it. */
static bool
is_repeated(const char *const *name, size_t last)
{
	size_t	 i;

	for (i = 0; i < last; i++)
		if (*name[i] != '\0' && strcmp(name[i], name[last]) == 0)
			return true;
	return false;
}

enum cal_err
query_check(struct req *r)
{
	const char	*name[PARAMETERS_MAX];
	const char	*p = r->query;
	enum cal_err	 rc = CAL_OK;
	size_t		 n, count = 0;

	for (;; p += n + 1) {
		if (count == PARAMETERS_MAX)
			return req_fail_field(r, "query", "has more than 64 "
			    "parameters");
		n = strcspn(p, "&");
		rc = fail_also(rc, check_encoding(r, p, n, &name[count]));
		if (is_repeated(name, count))
			rc = fail_also(rc, req_fail_field(r, name[count],
			    "is there several times: give it once"));
		count++;
		if (p[n] == '\0')
			return rc;
	}
}

enum cal_err
query_known(struct req *r, const char *const *known)
{
	const char	*p = r->query, *name;
	enum cal_err	 rc = r->errors == NULL ? CAL_OK : CAL_INVALID;
	size_t		 n;

	for (;; p += n + 1) {
		n = strcspn(p, "&");
		name = uri_decode(r->mem, p, strcspn(p, "&="), true);
		if (name != NULL && *name != '\0' && !words_have(known, name))
			rc = req_fail_field(r, name, arena_printf(r->mem,
			    "is not known here; known is %s",
			    list_words(r, known)));
		if (p[n] == '\0')
			return rc;
	}
}

enum cal_err
query_limit(struct req *r, int *limit)
{
	const char	*s = req_query(r, "limit");
	char		*end;
	long		 n;

	*limit = LIMIT_DEFAULT;
	if (s == NULL)
		return CAL_OK;
	n = strtol(s, &end, 10);
	if (!isdigit((unsigned char)*s) || *end != '\0' || n < 1 ||
	    n > LIMIT_MAX)
		return req_fail_field(r, "limit", "must be a number from 1 to "
		    "1000");
	*limit = (int)n;
	return CAL_OK;
}

enum cal_err
query_name(struct req *r, const char *name, const struct names *names,
    unsigned *value)
{
	if (names_find(names, req_query(r, name), value))
		return CAL_OK;
	return req_fail_field(r, name, arena_printf(r->mem, "must be %s",
	    list_words(r, names_list(r->mem, names))));
}

enum cal_err
query_user(struct req *r, const char **out)
{
	*out = req_query(r, "user_id");
	return *out == NULL ? CAL_OK : user_id_check(r, *out);
}

/*
 * If a client does not percent-encode the "+" of an offset, it arrives as a
 * space, which no time contains otherwise; so a space is read as "+".
 */
enum cal_err
query_time(struct req *r, const char *name, const char **out)
{
	const char	*s = req_query(r, name);
	char		*text, *space;

	*out = NULL;
	if (s == NULL)
		return CAL_OK;
	text = arena_dup(r->mem, s);
	if ((space = strchr(text, ' ')) != NULL)
		*space = '+';
	if ((*out = when_read(r->mem, text)) != NULL)
		return CAL_OK;
	return req_fail_field(r, name, WHEN_WRONG);
}

enum cal_err
query_uuid(struct req *r, const char *name, const char **out)
{
	*out = req_query(r, name);
	if (*out == NULL || crypto_is_uuid(*out))
		return CAL_OK;
	return req_fail_field(r, name, "must be a UUID");
}

const char *
cursor_write(struct req *r, char kind, const char *last)
{
	const struct bytes	 b = { last, last == NULL ? 0 : strlen(last) };

	if (last == NULL)
		return NULL;
	return arena_printf(r->mem, "%c%s", kind, crypto_base64url(r->mem, b));
}

enum cal_err
cursor_refuse(struct req *r)
{
	const bool	 alone = r->errors == NULL;
	enum cal_err	 rc;

	rc = req_fail_field(r, "after", "is not a cursor of this list: give "
	    "the \"next\" of the page before, or leave it out to begin anew");
	if (alone)
		r->code = "cursor_invalid";
	return rc;
}

const char *
cursor_content(struct req *r, char kind, const char *cursor)
{
	struct bytes	 b;

	if (cursor[0] != kind ||
	    !crypto_unbase64url(r->mem, cursor + 1, &b) ||
	    b.n == 0 || memchr(b.p, '\0', b.n) != NULL)
		return NULL;
	return arena_ndup(r->mem, b.p, b.n);
}

enum cal_err
cursor_read(struct req *r, char kind, const char **last)
{
	const char	*s = req_query(r, "after");

	*last = NULL;
	if (s == NULL)
		return CAL_OK;
	*last = cursor_content(r, kind, s);
	return *last == NULL ? cursor_refuse(r) : CAL_OK;
}

enum cal_err
cursor_read_uuid(struct req *r, char kind, const char **last)
{
	enum cal_err	 rc;

	if ((rc = cursor_read(r, kind, last)) != CAL_OK || *last == NULL)
		return rc;
	return crypto_is_uuid(*last) ? CAL_OK : cursor_refuse(r);
}
