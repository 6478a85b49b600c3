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
#include "lib/req.h"
#include "lib/uri.h"
#include "lib/when.h"
#include "lib/words.h"

enum {
	LIMIT_DEFAULT = 100,
	LIMIT_MAX = 1000,
};

/* "a, b or c" */
static const char *
listed(struct req *r, const char *const *words)
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

enum cal_err
query_known(struct req *r, const char *const *known)
{
	const char	*p = r->query, *name;
	size_t		 n;

	for (;; p += n + 1) {
		n = strcspn(p, "&");
		name = uri_decode(r->mem, p, strcspn(p, "&="), true);
		if (name != NULL && *name != '\0' && !words_have(known, name))
			return req_fail_field(r, name, arena_printf(r->mem,
			    "is not known here; known is %s",
			    listed(r, known)));
		if (p[n] == '\0')
			return CAL_OK;
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
query_choice(struct req *r, const char *name, const char *const *words,
    const char **out)
{
	*out = req_query(r, name);
	if (*out == NULL || words_have(words, *out))
		return CAL_OK;
	return req_fail_field(r, name, arena_printf(r->mem, "must be %s",
	    listed(r, words)));
}

enum cal_err
query_user(struct req *r, const char **out)
{
	*out = req_query(r, "user_id");
	return *out == NULL ? CAL_OK : user_id_check(r, *out);
}

/*
 * The plus of an offset that was not percent-encoded comes as a space, of
 * which there is none in a time.
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
	return req_fail_field(r, name, "must be a time of RFC 3339, from 1970 "
	    "on, such as 2026-11-22T17:00:00Z or 2026-11-22T18:00:00+01:00");
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
	return req_fail(r, CAL_INVALID, "cursor_invalid",
	    "\"after\" is not a cursor of this list: give the \"next\" of the "
	    "page before, or leave it out to begin anew");
}

enum cal_err
cursor_read(struct req *r, char kind, const char **last)
{
	const char	*s = req_query(r, "after");
	struct bytes	 b;

	*last = NULL;
	if (s == NULL)
		return CAL_OK;
	if (s[0] != kind || !crypto_unbase64url(r->mem, s + 1, &b) ||
	    b.n == 0 || memchr(b.p, '\0', b.n) != NULL)
		return cursor_refuse(r);
	*last = arena_ndup(r->mem, b.p, b.n);
	return CAL_OK;
}
