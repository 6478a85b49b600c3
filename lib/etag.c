/*
 * etag: see etag.h.
 */
#include <stdint.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/etag.h"

enum { TAGSZ = 16 };	/* bytes of the hash, enough to be unique */

const char *
etag_of(struct arena *mem, struct bytes body)
{
	uint8_t			 hash[CRYPTO_HASHSZ];
	const struct bytes	 tag = { hash, TAGSZ };

	crypto_sha256(hash, &body, 1);
	return arena_printf(mem, "\"%s\"", crypto_base64url(mem, tag));
}

/*
 * Returns the length of the run of etagc: visible characters other than the
 * quote.
 */
static size_t
opaque_size(const char *s)
{
	size_t	 n;

	if (s[0] != '"')
		return 0;
	for (n = 1; (unsigned char)s[n] > ' ' && s[n] != '"' &&
	    s[n] != '\x7f'; n++)
		;
	return s[n] == '"' ? n + 1 : 0;
}

bool
etag_named(const char *list, const char *etag)
{
	const size_t	 size = strlen(etag);
	size_t		 n;

	if (list == NULL)
		return false;
	list += strspn(list, " \t");
	if (*list == '*')
		return list[1 + strspn(list + 1, " \t")] == '\0';
	do {
		list += strspn(list, ", \t");
		if (strncmp(list, "W/", 2) == 0)
			list += 2;
		if ((n = opaque_size(list)) == 0)
			return false;
		if (n == size && memcmp(list, etag, n) == 0)
			return true;
		list += n;
		list += strspn(list, " \t");
	} while (*list == ',');
	return false;
}
