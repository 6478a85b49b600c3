/*
 * json_mend: see json_mend.h.
 *
 * A backslash is legal only within a string, so escapes can be found without
 * parsing the rest.  Text that is not JSON is left for the parser to refuse.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/hex.h"
#include "lib/json_mend.h"

int32_t
json_escape_code(const char *p, size_t n)
{
	int32_t	code = 0;
	int	i, v;

	if (n < JSON_ESCAPE || p[0] != '\\' || p[1] != 'u')
		return JSON_NO_ESCAPE;
	for (i = 2; i < JSON_ESCAPE; i++) {
		if ((v = hex_digit(p[i])) == JSON_NO_ESCAPE)
			return JSON_NO_ESCAPE;
		code = code * 16 + v;
	}
	return code;
}

/*
 * Returns how far to skip from the backslash at "p".  "lone" is set if half a
 * surrogate pair stands there.
 */
static size_t
escape_len(const char *p, size_t n, bool *lone)
{
	int32_t	code, partner;

	*lone = false;
	if ((code = json_escape_code(p, n)) == JSON_NO_ESCAPE)
		return 2;
	if (code < 0xd800 || code > 0xdfff)
		return JSON_ESCAPE;
	partner = json_escape_code(p + JSON_ESCAPE, n - JSON_ESCAPE);
	if (code < 0xdc00 && partner >= 0xdc00 && partner <= 0xdfff)
		return (size_t)2 * JSON_ESCAPE;
	*lone = true;
	return JSON_ESCAPE;
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
		memcpy(mended + (p - text), "\\ufffd", JSON_ESCAPE);
	}
	return mended == NULL ? text : mended;
}
