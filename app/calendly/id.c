/*
 * id: see id.h.
 */
#include <ctype.h>
#include <string.h>

#include "app/calendly/id.h"
#include "lib/arena.h"
#include "lib/crypto.h"

enum { SHORTSZ = 16 };

static bool
is_short(const char *s, size_t n)
{
	size_t	 i;

	if (n != SHORTSZ)
		return false;
	for (i = 0; i < n; i++)
		if (!isdigit((unsigned char)s[i]) &&
		    !(s[i] >= 'A' && s[i] <= 'Z'))
			return false;
	return true;
}

const char *
id_from_uri(struct arena *mem, const char *uri)
{
	const char	*last;
	char		*id;
	size_t		 i, n;

	if (uri == NULL || (last = strrchr(uri, '/')) == NULL)
		return NULL;
	n = strlen(++last);
	if (!crypto_is_uuid(last) && !is_short(last, n))
		return NULL;
	id = arena_ndup(mem, last, n);
	for (i = 0; n == CRYPTO_UUIDSZ && i < n; i++)
		id[i] = (char)tolower((unsigned char)id[i]);
	return id;
}

bool
id_same(struct arena *mem, const char *a, const char *b)
{
	a = id_from_uri(mem, a);
	b = id_from_uri(mem, b);
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}
