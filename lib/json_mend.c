/*
 * json_mend: JSON text without what senders spoil most: halves of surrogate
 * pairs, bytes of another encoding, control characters.
 *
 * A backslash is only ever legal within a string, so escapes can be found
 * without reading the rest; text that is not JSON is left to the parser.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/hex.h"
#include "lib/json.h"
#include "lib/json_mend.h"
#include "lib/utf8.h"

enum {
	ESCAPE = 6,		/* \uXXXX */
	NONE = -1,
};

/* What the \uXXXX at "p" stands for, or NONE. */
static int32_t
escape_code(const char *p, size_t n)
{
	int32_t	code = 0;
	int	i, v;

	if (n < ESCAPE || p[0] != '\\' || p[1] != 'u')
		return NONE;
	for (i = 2; i < ESCAPE; i++) {
		if ((v = hex_digit(p[i])) == NONE)
			return NONE;
		code = code * 16 + v;
	}
	return code;
}

/* How far to go on from the backslash at "p"; "lone": a half stands here. */
static size_t
escape_len(const char *p, size_t n, bool *lone)
{
	int32_t	code, partner;

	*lone = false;
	if ((code = escape_code(p, n)) == NONE)
		return 2;
	if (code < 0xd800 || code > 0xdfff)
		return ESCAPE;
	partner = escape_code(p + ESCAPE, n - ESCAPE);
	if (code < 0xdc00 && partner >= 0xdc00 && partner <= 0xdfff)
		return (size_t)2 * ESCAPE;
	*lone = true;
	return ESCAPE;
}

const char *
json_mend_surrogates(struct arena *mem, const char *text, size_t n)
{
	const char	*p, *end = text + n;
	char		*mended = NULL;
	size_t		 len;
	bool		 lone;

	for (p = text; p < end; p += len) {
		p = memchr(p, '\\', (size_t)(end - p));
		if (p == NULL)
			break;
		len = escape_len(p, (size_t)(end - p), &lone);
		if (!lone)
			continue;
		if (mended == NULL)
			mended = arena_ndup(mem, text, n);
		memcpy(mended + (p - text), "\\ufffd", ESCAPE);
	}
	return mended == NULL ? text : mended;
}

/* How many bytes the escape at "p" has; 0 if a backslash begins none. */
static size_t
legal_escape(const char *p, size_t n)
{
	if (n >= 2 && p[1] != '\0' && strchr("\"\\/bfnrt", p[1]) != NULL)
		return 2;
	return escape_code(p, n) == NONE ? 0 : ESCAPE;
}

/* Also true of line ends between values: nothing is mended then. */
static bool
is_spoiled(const char *p, size_t n)
{
	const char	*end = p + n;
	size_t		 i, len, controls = 0;

	for (i = 0; i < n; i++)
		controls += (unsigned char)p[i] < ' ';
	if (controls > 0 || !utf8_valid(p, n))
		return true;
	for (; p < end && (p = memchr(p, '\\', (size_t)(end - p))) != NULL;
	    p += len)
		if ((len = legal_escape(p, (size_t)(end - p))) == 0)
			return true;
	return false;
}

/* What stands at "p" in a string, and has "used" bytes there. */
static bool
mend_one(struct buf *b, const char *p, size_t n, size_t *used)
{
	char	escape[ESCAPE + 1];

	*used = *p == '\\' ? legal_escape(p, n) :
	    *p == '\0' ? 0 : utf8_len(p, n);
	if (*used == 0) {
		*used = 1;
		return buf_puts(b, UTF8_REPLACEMENT);
	}
	if ((unsigned char)*p >= ' ')
		return buf_add(b, p, *used);
	(void)snprintf(escape, sizeof(escape), "\\u%04x", (unsigned)*p);
	return buf_puts(b, escape);
}

/* False if that would make the text longer than "most". */
static bool
mend_bytes(struct arena *mem, const char **text, size_t *n, size_t most)
{
	const char	*p, *end = *text + *n;
	struct buf	 b;
	size_t		 used;
	bool		 in_string = false;

	if (*n >= 3 && memcmp(*text, "\xef\xbb\xbf", 3) == 0) {
		*text += 3;
		*n -= 3;
	}
	if (!is_spoiled(*text, *n))
		return true;
	buf_init(&b, mem, most);
	for (p = *text; p < end; p += used) {
		if (in_string && *p != '"') {
			if (!mend_one(&b, p, (size_t)(end - p), &used))
				return false;
			continue;
		}
		in_string ^= *p == '"';
		used = 1;
		if (!buf_add(&b, p, used))
			return false;
	}
	*text = b.p;
	*n = b.n;
	return true;
}

enum cal_err
json_parse_spoiled(struct arena *mem, const char *text, size_t n,
    const struct json_caps *caps, const struct json_node **out,
    const char **why)
{
	*out = NULL;
	if (n <= caps->size && !mend_bytes(mem, &text, &n, caps->size)) {
		*why = arena_printf(mem, "more than %zu bytes", caps->size);
		return CAL_TOOLARGE;
	}
	return json_parse(mem, text, n, caps, out, why);
}
