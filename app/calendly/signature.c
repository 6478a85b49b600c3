/*
 * signature: see signature.h.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "app/calendly/signature.h"
#include "lib/hex.h"
#include "lib/secret.h"

enum {
	T_DIGITS = 12,			/* enough for 30,000 years */
	HEXSZ = 2 * CRYPTO_HASHSZ,
};

static bool
take_time(struct signature *s, const char *v, size_t n)
{
	size_t	 i;

	if (s->t[0] != '\0' || n == 0 || n > T_DIGITS)
		return false;
	for (i = 0; i < n; i++)
		if (!isdigit((unsigned char)v[i]))
			return false;
	memcpy(s->t, v, n);
	s->t[n] = '\0';
	s->at = strtoll(s->t, NULL, 10);
	return true;
}

static bool
take_mac(struct signature *s, const char *v, size_t n)
{
	size_t	 i;
	int	 high, low;

	if (n != HEXSZ || s->nmacs == SIGNATURE_MACS)
		return false;
	for (i = 0; i < CRYPTO_HASHSZ; i++) {
		high = hex_digit(v[2 * i]);
		low = hex_digit(v[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		s->mac[s->nmacs][i] = (uint8_t)(high << 4 | low);
	}
	s->nmacs++;
	return true;
}

/*
 * Reads one "name=value", without the blanks around it.  Other names are
 * ignored: later versions of the scheme may use them.
 */
static bool
take_item(struct signature *s, const char *item, size_t n)
{
	const char	*eq = memchr(item, '=', n);
	size_t		 namesz, valuesz;

	if (eq == NULL)
		return false;
	namesz = (size_t)(eq - item);
	valuesz = n - namesz - 1;
	if (namesz == 1 && item[0] == 't')
		return take_time(s, eq + 1, valuesz);
	if (namesz == 2 && memcmp(item, "v1", 2) == 0)
		return take_mac(s, eq + 1, valuesz);
	return true;
}

enum cal_err
signature_parse(const char *header, struct signature *s)
{
	size_t	 n, trimmed;

	memset(s, 0, sizeof(*s));
	for (;;) {
		header += strspn(header, " \t");
		n = trimmed = strcspn(header, ",");
		while (trimmed > 0 && (header[trimmed - 1] == ' ' ||
		    header[trimmed - 1] == '\t'))
			trimmed--;
		if (!take_item(s, header, trimmed))
			return CAL_INVALID;
		if (header[n] == '\0')
			break;
		header += n + 1;
	}
	return s->t[0] != '\0' && s->nmacs > 0 ? CAL_OK : CAL_INVALID;
}

bool
signature_matches(const struct signature *s, const struct secret *key,
    struct bytes body)
{
	const struct bytes	 parts[] = {
		{ s->t, strlen(s->t) }, { ".", 1 }, body
	};
	const struct bytes	 k = { secret_text(key), secret_len(key) };
	uint8_t			 mac[CRYPTO_HASHSZ];
	bool			 matches = false;
	size_t			 i;

	crypto_hmac(mac, k, parts, sizeof(parts) / sizeof(parts[0]));
	for (i = 0; i < s->nmacs; i++)
		matches |= crypto_equal(mac, s->mac[i], sizeof(mac));
	return matches;
}
