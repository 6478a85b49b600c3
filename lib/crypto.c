/*
 * crypto: see crypto.h (libsodium); crypto_sha.c has the hashes.
 */
#include <ctype.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/log.h"
#include "lib/secret.h"

#define LETTERS	"ABCDEFGHIJKLMNOPQRSTUVWXYZ" \
			"abcdefghijklmnopqrstuvwxyz0123456789"

enum { TOKEN_BYTES = 32 };

enum cal_err
crypto_init(void)
{
	if (sodium_init() == -1) {
		log_warn("libsodium does not start: no source of randomness");
		return CAL_INTERNAL;
	}
	return CAL_OK;
}

void
crypto_random(void *p, size_t n)
{
	randombytes_buf(p, n);
}

struct secret *
crypto_token(struct arena *mem)
{
	unsigned char	raw[TOKEN_BYTES];
	char		text[CRYPTO_TOKENSZ + 1];
	struct secret	*s;

	randombytes_buf(raw, sizeof(raw));
	sodium_bin2base64(text, sizeof(text), raw, sizeof(raw),
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	s = secret_from_text(mem, text);
	sodium_memzero(raw, sizeof(raw));
	sodium_memzero(text, sizeof(text));
	return s;
}

/*
 * Writes 16 bytes as a UUID (RFC 9562); the bits of version and variant are
 * overwritten.
 */
static const char *
uuid_text(struct arena *mem, unsigned char raw[16], unsigned char version)
{
	static const size_t dash[] = { 8, 13, 18, 23 };
	char		*out;
	size_t		 i;

	raw[6] = (unsigned char)((raw[6] & 0x0f) | (version << 4));
	raw[8] = (unsigned char)((raw[8] & 0x3f) | 0x80);	/* variant */
	out = arena_alloc(mem, CRYPTO_UUIDSZ + 1);
	sodium_bin2hex(out, CRYPTO_UUIDSZ + 1, raw, 16);
	for (i = 0; i < sizeof(dash) / sizeof(dash[0]); i++) {
		memmove(out + dash[i] + 1, out + dash[i],
		    strlen(out + dash[i]));
		out[dash[i]] = '-';
	}
	return out;
}

const char *
crypto_uuid(struct arena *mem)
{
	unsigned char	 raw[16];

	randombytes_buf(raw, sizeof(raw));
	return uuid_text(mem, raw, 4);
}

const char *
crypto_uuid7(struct arena *mem)
{
	unsigned char	 raw[16];
	struct timespec	 now;
	uint64_t	 ms;
	int		 i;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	randombytes_buf(raw, sizeof(raw));
	for (i = 0; i < 6; i++)
		raw[i] = (unsigned char)(ms >> (40 - 8 * i));
	return uuid_text(mem, raw, 7);
}

bool
crypto_is_uuid(const char *s)
{
	size_t	 i;

	for (i = 0; i < CRYPTO_UUIDSZ; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23 ? s[i] != '-' :
		    !isxdigit((unsigned char)s[i]))
			return false;
	return s[i] == '\0';
}

const char *
crypto_uuid_of(struct arena *mem, const struct bytes *part, size_t nparts)
{
	uint8_t	 hash[CRYPTO_HASHSZ];

	crypto_sha256(hash, part, nparts);
	return uuid_text(mem, hash, 8);
}

struct bytes
crypto_hash_text(struct arena *mem, const char *text)
{
	struct bytes	 part = { text, strlen(text) };
	uint8_t		*out;

	out = arena_alloc(mem, CRYPTO_HASHSZ);
	crypto_sha256(out, &part, 1);
	return (struct bytes){ out, CRYPTO_HASHSZ };
}

bool
crypto_equal(const void *a, const void *b, size_t n)
{
	return sodium_memcmp(a, b, n) == 0;
}

const char *
crypto_pkce_challenge(struct arena *mem, const struct secret *verifier)
{
	struct bytes	part = { secret_text(verifier), secret_len(verifier) };
	uint8_t		hash[CRYPTO_HASHSZ];

	crypto_sha256(hash, &part, 1);
	return crypto_base64url(mem, (struct bytes){ hash, sizeof(hash) });
}

const char *
crypto_hex(struct arena *mem, struct bytes in)
{
	size_t	 outsz = in.n * 2 + 1;
	char	*out;

	out = arena_alloc(mem, outsz);
	return sodium_bin2hex(out, outsz, in.p, in.n);
}

bool
crypto_unhex(struct arena *mem, const char *s, size_t n, struct bytes *out)
{
	unsigned char	*p;
	size_t		 len;

	p = arena_alloc(mem, n / 2);
	if (sodium_hex2bin(p, n / 2, s, n, NULL, &len, NULL) != 0)
		return false;
	*out = (struct bytes){ p, len };
	return true;
}

static const char *
encode_base64(struct arena *mem, struct bytes in, int variant)
{
	size_t	 outsz;
	char	*out;

	outsz = sodium_base64_encoded_len(in.n, variant);
	out = arena_alloc(mem, outsz);
	return sodium_bin2base64(out, outsz, in.p, in.n, variant);
}

const char *
crypto_base64(struct arena *mem, struct bytes in)
{
	return encode_base64(mem, in, sodium_base64_VARIANT_ORIGINAL);
}

const char *
crypto_base64url(struct arena *mem, struct bytes in)
{
	return encode_base64(mem, in, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/*
 * "letters" are those that may occur: libsodium's decoder accepts some bytes
 * above 0x7f as if they were letters.
 */
static bool
decode_base64(struct arena *mem, const char *s, const char *letters,
    int variant, struct bytes *out)
{
	const size_t	 n = strlen(s), room = n / 4 * 3 + 2;
	unsigned char	*p;
	size_t		 len;

	if (strspn(s, letters) != n)
		return false;
	p = arena_alloc(mem, room);
	if (sodium_base642bin(p, room, s, n, NULL, &len, NULL, variant) != 0)
		return false;
	*out = (struct bytes){ p, len };
	return true;
}

bool
crypto_unbase64(struct arena *mem, const char *s, struct bytes *out)
{
	return decode_base64(mem, s, LETTERS "+/=",
	    sodium_base64_VARIANT_ORIGINAL, out);
}

bool
crypto_unbase64url(struct arena *mem, const char *s, struct bytes *out)
{
	return decode_base64(mem, s, LETTERS "-_",
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING, out);
}
