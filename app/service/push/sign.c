/*
 * sign: see sign.h.
 */
#include <inttypes.h>
#include <string.h>

#include "app/service/push/sign.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/secret.h"

#define PREFIX	"whsec_"

enum { KEY_NEW = 32 };		/* bytes */

struct secret *
push_secret_new(struct arena *mem)
{
	uint8_t		*key = arena_alloc(mem, KEY_NEW);

	crypto_random(key, KEY_NEW);
	return secret_from_text(mem, arena_printf(mem, PREFIX "%s",
	    crypto_base64(mem, (struct bytes){ key, KEY_NEW })));
}

struct bytes
push_key(struct arena *mem, const struct secret *whsec, const char **why)
{
	static const size_t	 prefix = sizeof(PREFIX) - 1;
	const char		*text = secret_text(whsec), *fault = NULL;
	struct bytes		 key = { NULL, 0 };

	if (strlen(text) != secret_len(whsec) ||
	    strncmp(text, PREFIX, prefix) != 0)
		fault = "a secret begins with " PREFIX;
	else if (!crypto_unbase64(mem, text + prefix, &key))
		fault = "what follows " PREFIX " must be Base64, with the "
		    "\"=\" at its end where one belongs there";
	else if (key.n < PUSH_KEY_MIN || key.n > PUSH_KEY_MAX)
		fault = "what follows " PREFIX " must be the Base64 of 24 to "
		    "64 bytes";
	if (why != NULL)
		*why = fault;
	return fault == NULL ? key : (struct bytes){ NULL, 0 };
}

const char *
push_signature(struct arena *mem, const struct secret *const *secrets,
    size_t n, const char *id, int64_t at, struct bytes body)
{
	const char		*head = arena_printf(mem, "%s.%" PRId64 ".", id,
				    at);
	const struct bytes	 part[] = { { head, strlen(head) }, body };
	struct bytes		 key;
	struct buf		 b;
	uint8_t			 raw[CRYPTO_HASHSZ];
	size_t			 i;

	buf_init(&b, mem, 0);
	for (i = 0; i < n; i++) {
		key = push_key(mem, secrets[i], NULL);
		if (key.p == NULL)
			return NULL;
		crypto_hmac(raw, key, part, 2);
		(void)buf_printf(&b, "%sv1,%s", i == 0 ? "" : " ",
		    crypto_base64(mem, (struct bytes){ raw, sizeof(raw) }));
	}
	return b.p;
}
