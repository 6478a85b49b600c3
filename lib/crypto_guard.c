/*
 * crypto_guard: sealing, and the memory of the keys that seal (libsodium).
 */
#include <assert.h>
#include <string.h>

#include <sodium.h>

#include "lib/crypto.h"
#include "lib/err.h"

_Static_assert(CRYPTO_KEYSZ ==
    crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key");
_Static_assert(CRYPTO_NONCESZ ==
    crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce");
_Static_assert(CRYPTO_TAGSZ ==
    crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag");

void
crypto_seal(uint8_t *out, const uint8_t key[CRYPTO_KEYSZ],
    const uint8_t nonce[CRYPTO_NONCESZ], struct bytes text, struct bytes ad)
{
	unsigned long long	n;

	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(out, &n, text.p,
	    text.n, ad.p, ad.n, NULL, nonce, key);
	assert(n == text.n + CRYPTO_TAGSZ);
}

bool
crypto_unseal(uint8_t *out, const uint8_t key[CRYPTO_KEYSZ],
    const uint8_t nonce[CRYPTO_NONCESZ], struct bytes sealed, struct bytes ad)
{
	return crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL,
	    sealed.p, sealed.n, ad.p, ad.n, nonce, key) == 0;
}

void *
crypto_guarded_new(size_t n)
{
	void	*p;

	if ((p = sodium_malloc(n)) == NULL)
		err_nomem("locked memory for keys");
	memset(p, 0, n);
	return p;
}

void
crypto_guarded_readonly(void *p)
{
	/*
	 * If the system refuses, the memory stays writable, which is harmless.
	 */
	(void)sodium_mprotect_readonly(p);
}

void
crypto_guarded_free(void *p)
{
	sodium_free(p);		/* wipes the memory first */
}
