/*
 * oauth: see oauth.h.
 */
#include <stdbool.h>
#include <string.h>

#include "app/calendly/client.h"
#include "app/calendly/oauth.h"
#include "app/calendly/token_reply.h"
#include "app/settings.h"
#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/secret.h"
#include "lib/uri.h"

enum { UNREAD_MAX = 64 * 1024 };	/* bytes */

static const char *
join(struct arena *mem, const char *const *words)
{
	struct buf	 b;

	buf_init(&b, mem, 0);
	(void)buf_puts(&b, "");
	for (; *words != NULL; words++)
		(void)buf_printf(&b, "%s%s", b.n == 0 ? "" : " ", *words);
	return b.n == 0 ? "" : b.p;
}

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
	uri_add(&b, "scope", join(mem, set->scopes));
	uri_add(&b, "state", secret_text(state));
	uri_add(&b, "code_challenge", crypto_pkce_challenge(mem, verifier));
	uri_add(&b, "code_challenge_method", "S256");
	return arena_printf(mem, "%s/oauth/authorize?%s", set->auth_url, b.p);
}

static enum token_outcome
outcome_of_error(const struct client_reply *r)
{
	const char	*error = json_text(r->json, "error");

	if (error != NULL && strcmp(error, "invalid_grant") == 0)
		return TOKEN_INVALID_GRANT;
	log_warn("calendly: token endpoint: %s (status %d): check "
	    "CALENDLY_OAUTH_CLIENT_ID, CALENDLY_OAUTH_CLIENT_SECRET and the "
	    "redirect URI; no user is touched", error == NULL ?
	    "refused without a reason" : error, r->status);
	return TOKEN_CLIENT_REFUSED;
}

/* A success, or what came of an answer before it was cut off. */
static bool
may_hold_pair(const struct client_reply *r)
{
	return r->body.n > 0 && (r->status == 0 ||
	    (r->status >= 200 && r->status < 300));
}

/* What is sent, and what its answer is read with: see token_reply_read(). */
struct token_ask {
	struct client_request	 q;
	struct buf		 form;
	const char *const	*scopes;
	const struct secret	*held;
};

static enum token_outcome
token_call(struct client *c, struct arena *mem, struct token_ask *ask,
    struct token_pair *pair)
{
	struct client_request	*q = &ask->q;
	struct client_reply	 r;
	enum cal_err		 rc;

	q->method = "POST";
	q->path = "/oauth/token";
	q->body = ask->form.p;
	q->bodysz = ask->form.n;
	q->oauth = q->basic = true;
	rc = client_send(c, mem, q, &r);
	if (rc == CAL_INVALID || rc == CAL_UNAUTHORIZED || rc == CAL_DENIED)
		return outcome_of_error(&r);
	if (rc == CAL_UNAVAILABLE)
		return TOKEN_LATER;
	*pair = (struct token_pair){ .access = NULL };
	if (!may_hold_pair(&r))
		return TOKEN_AMBIGUOUS;
	if (token_reply_read(mem, r.json, r.body, ask->scopes, ask->held,
	    pair))
		return TOKEN_GRANTED;
	log_warn("calendly: %s: the reply holds no token pair that can be "
	    "read", q->purpose);
	if (r.body.n <= UNREAD_MAX)
		pair->unread = r.body;
	return TOKEN_AMBIGUOUS;
}

enum token_outcome
oauth_exchange(struct client *c, struct arena *mem, const struct secret *code,
    const struct secret *verifier, struct token_pair *pair)
{
	struct token_ask	 ask = {
		.q = { .purpose = "code_exchange", .hide = { code, verifier } },
		.scopes = client_settings(c)->scopes,
	};
	struct buf		*form = &ask.form;

	buf_init(form, mem, 0);
	uri_add(form, "grant_type", "authorization_code");
	uri_add(form, "code", secret_text(code));
	uri_add(form, "redirect_uri", oauth_redirect_uri(c, mem));
	uri_add(form, "code_verifier", secret_text(verifier));
	uri_add(form, "client_id", client_settings(c)->client_id);
	return token_call(c, mem, &ask, pair);
}

/* It asks for no scopes: without a word about them, they are as before, and
 * not as the settings are by now. */
enum token_outcome
oauth_refresh(struct client *c, struct arena *mem,
    const struct secret *refresh, struct token_pair *pair)
{
	static const char *const as_before[] = { NULL };
	struct token_ask	 ask = {
		.q = { .purpose = "token_refresh", .hide = { refresh } },
		.scopes = as_before,
		.held = refresh,
	};
	struct buf		*form = &ask.form;

	buf_init(form, mem, 0);
	uri_add(form, "grant_type", "refresh_token");
	uri_add(form, "refresh_token", secret_text(refresh));
	uri_add(form, "client_id", client_settings(c)->client_id);
	return token_call(c, mem, &ask, pair);
}
