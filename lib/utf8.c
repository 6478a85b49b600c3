/*
 * utf8: see utf8.h.
 */
#include <stdint.h>
#include <string.h>

#include "lib/utf8.h"

/*
 * For first bytes from lo to hi: the length of the character, and the range of
 * its second byte.
 */
static const struct lead {
	unsigned char	lo, hi;
	unsigned char	len;
	unsigned char	from, to;
} leads[] = {
	{ 0xc2, 0xdf, 2, 0x80, 0xbf },
	{ 0xe0, 0xe0, 3, 0xa0, 0xbf },	/* not overlong */
	{ 0xe1, 0xec, 3, 0x80, 0xbf },
	{ 0xed, 0xed, 3, 0x80, 0x9f },	/* not a surrogate */
	{ 0xee, 0xef, 3, 0x80, 0xbf },
	{ 0xf0, 0xf0, 4, 0x90, 0xbf },	/* not overlong */
	{ 0xf1, 0xf3, 4, 0x80, 0xbf },
	{ 0xf4, 0xf4, 4, 0x80, 0x8f },	/* not beyond U+10FFFF */
};

static const struct lead *
lead_find(unsigned char c)
{
	size_t	i;

	for (i = 0; i < sizeof(leads) / sizeof(leads[0]); i++)
		if (c >= leads[i].lo && c <= leads[i].hi)
			return &leads[i];
	return NULL;
}

size_t
utf8_len(const void *p, size_t n)
{
	const unsigned char	*s = p;
	const struct lead	*l;
	size_t			 i;

	if (n == 0)
		return 0;
	if (s[0] < 0x80)
		return 1;
	if ((l = lead_find(s[0])) == NULL || l->len > n)
		return 0;
	if (s[1] < l->from || s[1] > l->to)
		return 0;
	for (i = 2; i < l->len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return l->len;
}

/*
 * Returns how many bytes from here on are certainly ASCII, looking at eight at
 * a time.
 */
static size_t
ascii_run(const unsigned char *s, size_t n)
{
	uint64_t	word;
	size_t		i;

	for (i = 0; n - i >= sizeof(word); i += sizeof(word)) {
		memcpy(&word, s + i, sizeof(word));
		if ((word & 0x8080808080808080u) != 0)
			break;
	}
	return i;
}

bool
utf8_valid(const void *p, size_t n)
{
	const unsigned char	*s = p;
	size_t			 i, len;

	for (i = 0; i < n; i += len)
		if ((len = ascii_run(s + i, n - i)) == 0 &&
		    (len = utf8_len(s + i, n - i)) == 0)
			return false;
	return true;
}
