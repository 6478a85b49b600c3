/*
 * oauth: see oauth.h.
 */
#include <stdbool.h>
#include <string.h>

#include "app/calendly/client.h"
#include "app/calendly/oauth.h"
#include "app/calendly/token_reply.h"
#include "app/settings/settings.h"
#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/secret.h"
#include "lib/uri.h"
#include "lib/words.h"

enum { UNREAD_MAX = 64 * 1024 };	/* bytes; a longer unreadable
					 * answer is not kept */

const char *
oauth_redirect_uri(struct client *c, struct arena *mem)
{
	return arena_printf(mem, "%s/oauth/calendly/callback",
	    client_settings(c)->backend_url);
}

const char *
oauth_authorize_url(struct client *c, struct arena *mem,
    const struct secret *state, const struct secret *verifier)
{
	const struct settings	*set = client_settings(c);
	struct buf		 b;

	buf_init(&b, mem, 0);
	uri_add(&b, "client_id", set->client_id);
	uri_add(&b, "response_type", "code");
	uri_add(&b, "redirect_uri", oauth_redirect_uri(c, mem));
	uri_add(&b, "scope", words_join(mem, set->scopes, " "));
	uri_add(&b, "state", secret_text(state));
	uri_add(&b, "code_challenge", crypto_pkce_challenge(mem, verifier));
	uri_add(&b, "code_challenge_method", "S256");
	return arena_printf(mem, "%s/oauth/authorize?%s", set->auth_url, b.p);
}

/* Errors that say whose fault it is, whatever the answer's status. */
static const struct {
	const char		*error;
	enum token_outcome	 outcome;
} known_errors[] = {
	{ "invalid_grant", TOKEN_INVALID_GRANT },
	{ "invalid_client", TOKEN_CLIENT_REFUSED },
	{ "unauthorized_client", TOKEN_CLIENT_REFUSED },
	/*
	 * RFC 6749 does not list these for the token endpoint, but servers send
	 * them.
	 */
	{ "temporarily_unavailable", TOKEN_LATER },
	{ "slow_down", TOKEN_LATER },
	{ "server_error", TOKEN_AMBIGUOUS },
	{ NULL, TOKEN_AMBIGUOUS }
};

static enum token_outcome
outcome_of_error(const struct client_reply *r, enum token_outcome otherwise)
{
	const char	*error = json_text(r->json, "error");
	int		 i;

	for (i = 0; error != NULL && known_errors[i].error != NULL; i++)
		if (strcmp(error, known_errors[i].error) == 0)
			return known_errors[i].outcome;
	return otherwise;
}

/*
 * Says whether the request was refused before anything was done.  408 and 425
 * do not say so.
 */
static bool
is_token_refusal(const struct client_reply *r)
{
	return r->status >= 400 && r->status < 500 && r->status != 408 &&
	    r->status != 425;
}

/*
 * Says whether the answer may hold tokens: it is a success, or the part of an
 * answer that came before the connection broke.
 */
static bool
may_hold_pair(const struct client_reply *r)
{
	return r->body.n > 0 && (r->status == 0 ||
	    (r->status >= 200 && r->status < 300));
}

/*
 * A request to the token endpoint, and what its answer is read with: see
 * token_reply_read().
 */
struct token_ask {
	struct client_request	 q;
	struct buf		 form;
	const char *const	*scopes;
	const struct secret	*held;
};

/*
 * Reads the tokens.  If there are none, it may be an error, which some servers
 * send with a status of 200.
 */
static enum token_outcome
read_pair(struct arena *mem, const struct token_ask *ask,
    const struct client_reply *r, struct token_pair *pair)
{
	enum token_outcome	 outcome;

	if (token_reply_read(mem, r->json, r->body, ask->scopes, ask->held,
	    pair))
		return TOKEN_GRANTED;
	outcome = outcome_of_error(r, TOKEN_AMBIGUOUS);
	if (outcome == TOKEN_AMBIGUOUS && r->body.n <= UNREAD_MAX)
		pair->unread = r->body;
	return outcome;
}

/* Logs outcomes that an operator must act on or will be asked about. */
static void
log_token_outcome(const char *purpose, const struct client_reply *r,
    enum token_outcome outcome)
{
	const char	*error = json_text(r->json, "error");

	if (error == NULL)
		error = "refused without a reason";
	if (outcome == TOKEN_CLIENT_REFUSED)
		log_warn("calendly: token endpoint: %.64s (status %d): check "
		    "CALENDLY_OAUTH_CLIENT_ID, CALENDLY_OAUTH_CLIENT_SECRET "
		    "and the redirect URI; no user is touched", error,
		    r->status);
	else if (outcome == TOKEN_REFUSED)
		log_warn("calendly: %s: %.64s (status %d): neither the grant "
		    "nor the client is said to be invalid", purpose, error,
		    r->status);
	else if (outcome == TOKEN_AMBIGUOUS && may_hold_pair(r))
		log_warn("calendly: %s: the reply holds no token pair that "
		    "can be read", purpose);
}

static enum token_outcome
token_call(struct behalf by, struct token_ask *ask, struct token_pair *pair)
{
	struct client_request	*q = &ask->q;
	struct client_reply	 r;
	enum token_outcome	 outcome;
	enum cal_err		 rc;

	q->method = "POST";
	q->path = "/oauth/token";
	q->body = ask->form.p;
	q->bodysz = ask->form.n;
	q->oauth = q->basic = true;
	rc = client_send(by, q, &r);
	*pair = (struct token_pair){ .access = NULL };
	if (rc == CAL_UNAVAILABLE)
		return TOKEN_LATER;
	if (rc == CAL_INVALID && r.status == 0)
		outcome = TOKEN_CLIENT_REFUSED;	/* it could not even be sent */
	else if (is_token_refusal(&r))
		outcome = outcome_of_error(&r, TOKEN_REFUSED);
	else if (may_hold_pair(&r))
		outcome = read_pair(by.mem, ask, &r, pair);
	else
		outcome = TOKEN_AMBIGUOUS;
	log_token_outcome(q->purpose, &r, outcome);
	return outcome;
}

enum token_outcome
oauth_exchange(struct behalf by, const struct secret *code,
    const struct secret *verifier, struct token_pair *pair)
{
	struct token_ask	 ask = {
		.q = { .purpose = "code_exchange", .hide = { code, verifier } },
		.scopes = client_settings(by.api)->scopes,
	};
	struct buf		*form = &ask.form;

	buf_init(form, by.mem, 0);
	uri_add(form, "grant_type", "authorization_code");
	uri_add(form, "code", secret_text(code));
	uri_add(form, "redirect_uri", oauth_redirect_uri(by.api,
	    by.mem));
	uri_add(form, "code_verifier", secret_text(verifier));
	uri_add(form, "client_id", client_settings(by.api)->client_id);
	return token_call(by, &ask, pair);
}

/*
 * A refresh asks for no scopes.  If the answer names none, the grant keeps
 * those that it has, whatever the settings are by now.
 */
enum token_outcome
oauth_refresh(struct behalf by, const struct secret *refresh,
    struct token_pair *pair)
{
	static const char *const as_before[] = { NULL };
	struct token_ask	 ask = {
		.q = { .purpose = "token_refresh", .hide = { refresh } },
		.scopes = as_before,
		.held = refresh,
	};
	struct buf		*form = &ask.form;

	buf_init(form, by.mem, 0);
	uri_add(form, "grant_type", "refresh_token");
	uri_add(form, "refresh_token", secret_text(refresh));
	uri_add(form, "client_id", client_settings(by.api)->client_id);
	return token_call(by, &ask, pair);
}
