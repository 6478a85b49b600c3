/*
 * crypto: hashes, MACs, random values and text forms (libsodium, OpenSSL).
 */
#ifndef LIB_CRYPTO_H
#define LIB_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/err.h"

struct arena;
struct secret;

enum {
	CRYPTO_HASHSZ = 32,	/* SHA-256 and HMAC-SHA256 */
	CRYPTO_TOKENSZ = 43,	/* 256 random bits as base64url, no padding */
	CRYPTO_UUIDSZ = 36,
	CRYPTO_KEYSZ = 32,
	CRYPTO_NONCESZ = 24,
	CRYPTO_TAGSZ = 16,
};

/* Must be called once per process, before any other function here. */
enum cal_err	crypto_init(void) ERR_CHECK;

void		crypto_random(void *, size_t);
/* Returns 256 random bits as 43 characters of base64url. */
struct secret	*crypto_token(struct arena *);
/* Returns a random UUID (version 4, RFC 9562) in lower case. */
const char	*crypto_uuid(struct arena *);
/*
 * Returns a UUID (version 7, RFC 9562) in lower case.  It begins with the
 * milliseconds of this host's clock, so that those made later are greater, and
 * rows that have them as keys lie together.  Those of the same millisecond are
 * in no order.
 */
const char	*crypto_uuid7(struct arena *);
/* Returns whether the text is exactly 8-4-4-4-12 hex digits. */
bool		 crypto_is_uuid(const char *);

/*
 * Hashes the concatenated parts with SHA-256. (The name crypto_hash belongs to
 * libsodium.)
 */
void		crypto_sha256(uint8_t [CRYPTO_HASHSZ], const struct bytes *,
		    size_t nparts);
/*
 * Returns a UUID (version 8, RFC 9562) in lower case that is made of the first
 * half of the parts' SHA-256.
 */
const char	*crypto_uuid_of(struct arena *, const struct bytes *,
		    size_t nparts);
/* Returns the SHA-256 of a text, in the arena. */
struct bytes	crypto_hash_text(struct arena *, const char *);
/*
 * HMAC-SHA256 (RFC 2104) of the concatenated parts.  The key may have any
 * length.
 */
void		crypto_hmac(uint8_t [CRYPTO_HASHSZ], struct bytes key,
		    const struct bytes *, size_t nparts);
/* Compares "n" bytes in a time that depends on "n" alone. */
bool		crypto_equal(const void *, const void *, size_t n);

/*
 * Returns the PKCE S256 challenge (RFC 7636, 4.2): base64url of the SHA-256 of
 * the verifier.
 */
const char	*crypto_pkce_challenge(struct arena *, const struct secret *);

const char	*crypto_hex(struct arena *, struct bytes);
/*
 * Decodes hex digits.  Returns false if their number is odd or if one is no hex
 * digit.
 */
bool		crypto_unhex(struct arena *, const char *, size_t,
		    struct bytes *);
/* Base64 of RFC 4648 section 4, with padding. */
const char	*crypto_base64(struct arena *, struct bytes);
/*
 * Decodes it.  Returns false if the text is anything but what crypto_base64()
 * returns for some bytes.
 */
bool		 crypto_unbase64(struct arena *, const char *, struct bytes *);
/* Base64url of RFC 4648 section 5, without padding. */
const char	*crypto_base64url(struct arena *, struct bytes);
bool		crypto_unbase64url(struct arena *, const char *,
		    struct bytes *);

/*
 * Authenticated encryption with XChaCha20-Poly1305
 * (draft-irtf-cfrg-xchacha-03).  "out" must have room for the text and, when
 * sealing, for CRYPTO_TAGSZ bytes more.  "ad" is authenticated but not stored
 * in the result.  Unsealing returns false if the ciphertext, "ad" or the nonce
 * was altered in any way.
 */
void		 crypto_seal(uint8_t *out, const uint8_t key[CRYPTO_KEYSZ],
		    const uint8_t nonce[CRYPTO_NONCESZ], struct bytes text,
		    struct bytes ad);
bool		 crypto_unseal(uint8_t *out, const uint8_t key[CRYPTO_KEYSZ],
		    const uint8_t nonce[CRYPTO_NONCESZ], struct bytes sealed,
		    struct bytes ad);

/*
 * Memory for keys: it is never swapped out or dumped, lies between inaccessible
 * pages, and is wiped when freed.  It is zeroed.  Its size must be a multiple
 * of the alignment of what it holds.  Freeing accepts NULL.
 */
void		*crypto_guarded_new(size_t);
void		 crypto_guarded_readonly(void *);
void		 crypto_guarded_free(void *);

#endif
