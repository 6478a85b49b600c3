/*
 * token_reply: what the token endpoint answers, read as leniently as can be
 * without guessing at a token.
 *
 * Each such answer may hold the only copy of a user's tokens, so whatever
 * else is odd in it must not keep them from being used.
 */
#ifndef APP_CALENDLY_TOKEN_REPLY_H
#define APP_CALENDLY_TOKEN_REPLY_H

#include <stdbool.h>

#include "lib/buf.h"

struct arena;
struct json_node;
struct secret;
struct token_pair;

enum {
	TOKEN_REPLY_LIFE = 7200,	/* s, where the answer does not tell */
	TOKEN_REPLY_LIFE_MAX = 30 * 24 * 3600,
};

/*
 * False, and no secret in the pair, if there is no pair in it.
 *
 * "json" is NULL if "body" could not be parsed; then the two tokens are
 * looked for in its bytes.  "asked": the scopes if the answer names none
 * that can be read.  "held": the refresh token that was sent, which stays
 * good if the answer brings no other (RFC 6749 section 6); NULL if a code
 * was sent.
 */
bool	token_reply_read(struct arena *, const struct json_node *json,
	    struct bytes body, const char *const *asked,
	    const struct secret *held, struct token_pair *);

#endif
