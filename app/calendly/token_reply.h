/*
 * token_reply: reads the token endpoint's answers, as leniently as is possible
 * without guessing at a token.
 *
 * Each answer may hold the only copy of a user's tokens, so nothing else that
 * is odd in it may keep them from being used.
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
	TOKEN_REPLY_LIFE = 7200,	/* seconds, if the
					 * answer does not say */
	TOKEN_REPLY_LIFE_MAX = 30 * 24 * 3600,
};

/*
 * Reads a token pair.  False: there is none; then the pair holds no secrets.
 *
 * "json" is NULL if "body" could not be parsed; then the two tokens are looked
 * for in its bytes.  "asked" are the scopes to use if the answer names none
 * that can be read.  "held" is the refresh token that was sent, which remains
 * valid if the answer brings no other (RFC 6749 section 6); NULL if a code was
 * sent.
 */
bool	token_reply_read(struct arena *, const struct json_node *json,
	    struct bytes body, const char *const *asked,
	    const struct secret *held, struct token_pair *);

#endif
