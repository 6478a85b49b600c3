/*
 * oauth: see oauth.h.
 */
#include <string.h>

#include "app/calendly/client.h"
#include "app/calendly/oauth.h"
#include "app/settings.h"
#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/secret.h"
#include "lib/uri.h"

enum {
	TOKEN_MAX = 8192,		/* bytes; they are opaque */
	EXPIRES_MAX = 366 * 24 * 3600,
	SCOPES_MAX = 64,
};

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

static const char *const *
split_scopes(struct arena *mem, const char *text)
{
	const char	**list;
	size_t		 n = 0, len;

	list = arena_array(mem, SCOPES_MAX + 1, sizeof(*list));
	while (n < SCOPES_MAX && *(text += strspn(text, " ")) != '\0') {
		len = strcspn(text, " ");
		list[n++] = arena_ndup(mem, text, len);
		text += len;
	}
	return list;
}

/* A token that may go into a header: visible ASCII, of a bounded size. */
static struct secret *
take_token(struct arena *mem, const struct json_node *json, const char *name)
{
	const char	*s = json_text(json, name);
	const char	*p;

	if (s == NULL || *s == '\0' || strlen(s) > TOKEN_MAX)
		return NULL;
	for (p = s; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~')
			return NULL;
	return secret_from_text(mem, s);
}

static bool
pair_parse(struct arena *mem, const struct json_node *json,
    const char *const *asked, struct token_pair *pair)
{
	const char	*scope = json_text(json, "scope");

	*pair = (struct token_pair){
		.access = take_token(mem, json, "access_token"),
		.refresh = take_token(mem, json, "refresh_token"),
		.owner = json_text(json, "owner"),
		.organization = json_text(json, "organization"),
		.scopes = scope == NULL ? asked : split_scopes(mem, scope),
	};
	if (!json_int(json, "expires_in", &pair->expires_in) ||
	    pair->expires_in < 0 || pair->expires_in > EXPIRES_MAX)
		pair->expires_in = 0;
	return pair->access != NULL && pair->refresh != NULL;
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

static enum token_outcome
token_call(struct client *c, struct arena *mem, struct client_request *q,
    const struct buf *form, const char *const *asked, struct token_pair *pair)
{
	struct client_reply	 r;
	enum cal_err		 rc;

	q->method = "POST";
	q->path = "/oauth/token";
	q->body = form->p;
	q->bodysz = form->n;
	q->oauth = q->basic = true;
	rc = client_send(c, mem, q, &r);
	if (rc == CAL_OK && pair_parse(mem, r.json, asked, pair))
		return TOKEN_GRANTED;
	switch (rc) {
	case CAL_OK:
		log_warn("calendly: %s: the reply holds no token pair",
		    q->purpose);
		return TOKEN_AMBIGUOUS;
	case CAL_INVALID:
	case CAL_UNAUTHORIZED:
	case CAL_DENIED:
		return outcome_of_error(&r);
	case CAL_UNAVAILABLE:
		return TOKEN_LATER;
	default:
		return TOKEN_AMBIGUOUS;
	}
}

enum token_outcome
oauth_exchange(struct client *c, struct arena *mem, const struct secret *code,
    const struct secret *verifier, struct token_pair *pair)
{
	struct client_request	 q = {
		.purpose = "code_exchange",
		.hide = { code, verifier },
	};
	struct buf		 form;

	buf_init(&form, mem, 0);
	uri_add(&form, "grant_type", "authorization_code");
	uri_add(&form, "code", secret_text(code));
	uri_add(&form, "redirect_uri", oauth_redirect_uri(c, mem));
	uri_add(&form, "code_verifier", secret_text(verifier));
	uri_add(&form, "client_id", client_settings(c)->client_id);
	return token_call(c, mem, &q, &form, client_settings(c)->scopes,
	    pair);
}

/* It asks for no scopes: without a word about them, they are as before, and
 * not as the settings are by now. */
enum token_outcome
oauth_refresh(struct client *c, struct arena *mem,
    const struct secret *refresh, struct token_pair *pair)
{
	static const char *const as_before[] = { NULL };
	struct client_request	 q = {
		.purpose = "token_refresh",
		.hide = { refresh },
	};
	struct buf		 form;

	buf_init(&form, mem, 0);
	uri_add(&form, "grant_type", "refresh_token");
	uri_add(&form, "refresh_token", secret_text(refresh));
	uri_add(&form, "client_id", client_settings(c)->client_id);
	return token_call(c, mem, &q, &form, as_before, pair);
}
