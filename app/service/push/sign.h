/*
 * sign: signing what is pushed, as the specification of Standard Webhooks says
 * (https://github.com/standard-webhooks/standard-webhooks).
 *
 * A secret is a text, "whsec_" and the Base64 of a key.  The decoded bytes, not
 * the text, are the key of the HMAC.
 */
#ifndef APP_SERVICE_PUSH_SIGN_H
#define APP_SERVICE_PUSH_SIGN_H

#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"

struct arena;
struct secret;

enum {
	PUSH_KEY_MIN = 24,	/* bytes, by the specification */
	PUSH_KEY_MAX = 64,
};

/* Makes a secret with a key of 32 random bytes. */
struct secret	*push_secret_new(struct arena *);
/*
 * Returns the key of a secret, in the arena.  If the text is not a secret, the
 * result has no bytes (p is NULL), and "why", unless that is NULL, is set to
 * what to write instead; it quotes nothing of the text.
 */
struct bytes	 push_key(struct arena *, const struct secret *whsec,
		    const char **why);
/*
 * Returns the value of the header "webhook-signature": for each of the "n"
 * secrets "v1," and the Base64 of the HMAC-SHA256 of "id.at.body", with blanks
 * between them.  "at" is the value of "webhook-timestamp", in seconds.  NULL if
 * push_key() refuses one of the secrets.
 */
const char	*push_signature(struct arena *,
		    const struct secret *const *secrets, size_t n,
		    const char *id, int64_t at, struct bytes body);

#endif
