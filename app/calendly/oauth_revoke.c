/*
 * oauth_revoke: revoking a token at Calendly, and asking whether it is active
 * (RFC 7009, RFC 7662).
 */
#include "app/calendly/client.h"
#include "app/calendly/oauth.h"
#include "app/settings/settings.h"
#include "lib/buf.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/secret.h"
#include "lib/uri.h"

/* Sends a token with our client's credentials; both calls take this form. */
static enum cal_err
send_token(struct behalf by, struct client_request *q,
    const struct secret *token, struct client_reply *r)
{
	const struct settings	*set = client_settings(by.api);
	struct buf		 form;

	buf_init(&form, by.mem, 0);
	uri_add(&form, "client_id", set->client_id);
	uri_add(&form, "client_secret", secret_text(set->client_secret));
	uri_add(&form, "token", secret_text(token));
	q->method = "POST";
	q->body = form.p;
	q->bodysz = form.n;
	q->oauth = true;
	q->hide[0] = token;
	return client_send(by, q, r);
}

enum cal_err
oauth_revoke(struct behalf by, const struct secret *token)
{
	struct client_request	 q = {
		.purpose = "token_revoke",
		.path = "/oauth/revoke",
	};
	struct client_reply	 r;
	enum cal_err		 rc;

	switch (rc = send_token(by, &q, token, &r)) {
	case CAL_INVALID:
	case CAL_UNAUTHORIZED:
	case CAL_DENIED:
	case CAL_NOTFOUND:
	case CAL_CONFLICT:
		return CAL_DENIED;
	default:
		return rc;
	}
}

enum cal_err
oauth_introspect(struct behalf by, const struct secret *token, bool *active)
{
	struct client_request	 q = {
		.purpose = "token_introspect",
		.path = "/oauth/introspect",
	};
	const struct json_node	*said;
	struct client_reply	 r;
	enum cal_err		 rc;

	if ((rc = send_token(by, &q, token, &r)) != CAL_OK)
		return rc;
	said = json_find(r.json, "active");
	if (said == NULL || said->type != JSON_BOOL) {
		log_warn("calendly: token_introspect: the reply does not say "
		    "whether the token is active");
		return CAL_UPSTREAM;
	}
	*active = said->truth;
	return CAL_OK;
}
