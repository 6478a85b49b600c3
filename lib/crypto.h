/*
 * crypto: hashes, MACs, random values and text forms (libsodium).
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

/* Once per process, before anything else here. */
enum cal_err	crypto_init(void) ERR_CHECK;

void		crypto_random(void *, size_t);
/* 256 random bits as 43 characters of base64url. */
struct secret	*crypto_token(struct arena *);
/* A random (version 4) UUID in lower case, RFC 9562. */
const char	*crypto_uuid(struct arena *);
/* 8-4-4-4-12 hex digits, and nothing behind them. */
bool		 crypto_is_uuid(const char *);

/* SHA-256 over the parts in a row (crypto_hash is libsodium's own name). */
void		crypto_sha256(uint8_t [CRYPTO_HASHSZ], const struct bytes *,
		    size_t nparts);
/* A UUID in lower case (version 8, RFC 9562) of that hash's first half. */
const char	*crypto_uuid_of(struct arena *, const struct bytes *,
		    size_t nparts);
/* SHA-256 of a text, as bytes in the arena. */
struct bytes	crypto_hash_text(struct arena *, const char *);
/* HMAC-SHA256 (RFC 2104) over the parts in a row; a key of any length. */
void		crypto_hmac(uint8_t [CRYPTO_HASHSZ], struct bytes key,
		    const struct bytes *, size_t nparts);
/* In a time that depends on "n" alone. */
bool		crypto_equal(const void *, const void *, size_t n);

/* PKCE S256 (RFC 7636 4.2): base64url of the SHA-256 of the verifier. */
const char	*crypto_pkce_challenge(struct arena *, const struct secret *);

const char	*crypto_hex(struct arena *, struct bytes);
/* False on an odd length or anything that is not a hex digit. */
bool		crypto_unhex(struct arena *, const char *, size_t,
		    struct bytes *);
/* RFC 4648 section 4, with padding. */
const char	*crypto_base64(struct arena *, struct bytes);
/* RFC 4648 section 5, without padding. */
const char	*crypto_base64url(struct arena *, struct bytes);
bool		crypto_unbase64url(struct arena *, const char *,
		    struct bytes *);

/*
 * XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03).  "out" has room for the
 * text, and when sealing for CRYPTO_TAGSZ bytes more; "ad" is bound to it but
 * not in it.  Unsealing is false if anything at all was altered.
 */
void		 crypto_seal(uint8_t *out, const uint8_t key[CRYPTO_KEYSZ],
		    const uint8_t nonce[CRYPTO_NONCESZ], struct bytes text,
		    struct bytes ad);
bool		 crypto_unseal(uint8_t *out, const uint8_t key[CRYPTO_KEYSZ],
		    const uint8_t nonce[CRYPTO_NONCESZ], struct bytes sealed,
		    struct bytes ad);

/*
 * Memory for keys: never swapped or dumped, between pages that nobody may
 * touch, wiped when freed.  Zeroed; its size a multiple of what it holds
 * aligns to.  Freeing takes NULL.
 */
void		*crypto_guarded_new(size_t);
void		 crypto_guarded_readonly(void *);
void		 crypto_guarded_free(void *);

#endif
