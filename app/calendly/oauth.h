/*
 * oauth: calls to Calendly's authorization server (RFC 6749, 7009, 7636).
 */
#ifndef APP_CALENDLY_OAUTH_H
#define APP_CALENDLY_OAUTH_H

#include <stdbool.h>
#include <stdint.h>

#include "app/calendly/client.h"
#include "lib/buf.h"
#include "lib/err.h"

struct arena;
struct client;
struct secret;

struct token_pair {
	struct secret	*access;
	struct secret	*refresh;
	int64_t		 expires_in;	/* seconds from now; above 0 */
	const char	*owner;		/* the user's URI */
	const char	*organization;
	const char	*const *scopes;	/* the scopes that the answer names;
					 * else those that were asked for,
					 * or an empty list after a refresh */
	/*
	 * For TOKEN_AMBIGUOUS, an answer that may hold the tokens in a form
	 * that we can't read; n 0: there is none.
	 */
	struct bytes	 unread;
};

/* The outcome of a call to the token endpoint. */
enum token_outcome {
	TOKEN_GRANTED,
	TOKEN_INVALID_GRANT,	/* certain: the code or refresh token is dead */
	TOKEN_LATER,		/* certain: nothing was
				 * done (not sent, or 429) */
	TOKEN_AMBIGUOUS,	/* it may have been carried out */
	TOKEN_REFUSED,		/* certain for this try: a 4xx that blames
				 * neither the grant nor our client */
	TOKEN_CLIENT_REFUSED,	/* our credentials or our request are wrong:
				 * the operator must act, no user is at fault */
};

/* The URL of the consent page, to which the browser is sent. */
const char	*oauth_authorize_url(struct client *, struct arena *,
		    const struct secret *state, const struct secret *verifier);
/* The redirect URI, which must be registered at Calendly. */
const char	*oauth_redirect_uri(struct client *, struct arena *);

enum token_outcome oauth_exchange(struct behalf, const struct secret *code,
		    const struct secret *verifier, struct token_pair *);
enum token_outcome oauth_refresh(struct behalf, const struct secret *refresh,
		    struct token_pair *);
/*
 * Revokes a token.  CAL_OK: Calendly confirms it.  CAL_DENIED: Calendly
 * refuses; the token may be dead already or still work, which
 * oauth_introspect() tells.  CAL_UNAVAILABLE, CAL_UPSTREAM: try again.
 */
enum cal_err	 oauth_revoke(struct behalf, const struct secret *token)
		    ERR_CHECK;
/*
 * Asks whether the token still works.  CAL_UPSTREAM also if Calendly does not
 * say.
 */
enum cal_err	 oauth_introspect(struct behalf, const struct secret *token,
		    bool *active) ERR_CHECK;

#endif
