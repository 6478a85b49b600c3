/*
 * json_spoiled: mends JSON that its sender has spoiled with bytes of another
 * encoding, control characters within strings, invalid escapes or a byte order
 * mark.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/json.h"
#include "lib/json_mend.h"
#include "lib/utf8.h"

/*
 * Returns the length of the escape at "p"; 0 if the backslash there begins
 * none.
 */
static size_t
legal_escape(const char *p, size_t n)
{
	if (n >= 2 && p[1] != '\0' && strchr("\"\\/bfnrt", p[1]) != NULL)
		return 2;
	return json_escape_code(p, n) == JSON_NO_ESCAPE ? 0 : JSON_ESCAPE;
}

/* Line ends between values look spoiled, too; mending does not change them. */
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

/*
 * Copies what stands at "p" within a string, mended.  "used" is set to how many
 * bytes of the text that covers.
 */
static bool
mend_one(struct buf *b, const char *p, size_t n, size_t *used)
{
	char	escape[JSON_ESCAPE + 1];

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

/* Returns false if the mended text would be longer than "most". */
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
