/*
 * oauth: Calendly's authorization server (RFC 6749, 7009, 7636).
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
	int64_t		 expires_in;	/* s, from now; above 0 */
	const char	*owner;		/* the user's URI */
	const char	*organization;
	const char	*const *scopes;	/* as Calendly said; else as asked */
	/* Of TOKEN_AMBIGUOUS: what came instead, which may hold the tokens in
	 * a form that is not understood; n 0: nothing. */
	struct bytes	 unread;
};

/* What a call to the token endpoint came to. */
enum token_outcome {
	TOKEN_GRANTED,
	TOKEN_INVALID_GRANT,	/* definite: what was presented is dead */
	TOKEN_LATER,		/* definite: nothing happened (not sent, 429) */
	TOKEN_AMBIGUOUS,	/* it may have been carried out */
	TOKEN_REFUSED,		/* definite for this try: a 4xx that says
				 * neither that the grant nor that we are at
				 * fault */
	TOKEN_CLIENT_REFUSED,	/* our own credentials or request: the
				 * operator must look, no user is at fault */
};

/* Where to send the browser. */
const char	*oauth_authorize_url(struct client *, struct arena *,
		    const struct secret *state, const struct secret *verifier);
/* Also the URI that is registered with Calendly. */
const char	*oauth_redirect_uri(struct client *, struct arena *);

enum token_outcome oauth_exchange(struct behalf, const struct secret *code,
		    const struct secret *verifier, struct token_pair *);
enum token_outcome oauth_refresh(struct behalf, const struct secret *refresh,
		    struct token_pair *);
/*
 * CAL_OK: Calendly says that it is done.  CAL_DENIED: refused, which may mean
 * that the token is dead, or that it lives on: oauth_introspect() tells.
 * CAL_UNAVAILABLE, CAL_UPSTREAM: try again.
 */
enum cal_err	 oauth_revoke(struct behalf, const struct secret *token)
		    ERR_CHECK;
/* Does Calendly still honour the token?  CAL_UPSTREAM also if it won't say. */
enum cal_err	 oauth_introspect(struct behalf, const struct secret *token,
		    bool *active) ERR_CHECK;

#endif
