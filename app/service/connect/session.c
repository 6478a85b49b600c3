/*
 * session: see session.h.
 */
#include <string.h>

#include "app/domain/policy.h"
#include "app/repo/session.h"
#include "app/repo/tenant.h"
#include "app/repo/tx.h"
#include "app/service/connect/session.h"
#include "app/service/connect/story.h"
#include "app/service/errand.h"
#include "app/service/service.h"
#include "app/settings/settings.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/log.h"
#include "lib/secret.h"
#include "lib/uri.h"

enum {
	USER_ID_MAX = 128,
	URL_MAX = 2048,
	EMAIL_MAX = 254,
};

bool
session_user_id_ok(const char *s)
{
	size_t	 n = strlen(s);

	return n >= 1 && n <= USER_ID_MAX && strcmp(s, ".") != 0 &&
	    strcmp(s, "..") != 0 && strspn(s,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789._~:@+|=-") == n;
}

static bool
email_ok(const char *s)
{
	const char	*at = strchr(s, '@');
	const char	*p;

	for (p = s; *p != '\0'; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f)
			return false;
	return at != NULL && at != s && at[1] != '\0' && strlen(s) <=
	    EMAIL_MAX;
}

static const char *
fault_in_shape(struct arena *mem, const struct session_wish *w,
    struct uri *back, const char **field)
{
	*field = "user_id";
	if (w->user_id == NULL || !session_user_id_ok(w->user_id))
		return "must be 1 to 128 of A-Z a-z 0-9 . _ ~ : @ + | = - "
		    "and neither \".\" nor \"..\"";
	*field = "return_url";
	if (w->return_url != NULL && (strlen(w->return_url) > URL_MAX ||
	    !uri_parse(mem, w->return_url, back)))
		return "must be an absolute https URL of at most 2048 "
		    "characters, without user name and fragment";
	if (w->return_url != NULL && strcmp(back->scheme, "https") != 0 &&
	    !uri_is_loopback(back))
		return "must be https (http on loopback only)";
	*field = "expected_email";
	if (w->expected_email != NULL && !email_ok(w->expected_email))
		return "must be an e-mail address of at most 254 characters";
	return NULL;
}

static enum cal_err
add_session(struct tx *tx, const struct session_wish *w, const struct uri *back,
    const char *secret, struct session_link *link)
{
	struct session_new	 s = {
		.hash = crypto_hash_text(tx->mem, secret),
		.user_id = w->user_id,
		.return_url = w->return_url,
		.expected_email = w->expected_email,
		.force = w->force,
		.minutes = POLICY_SESSION_MINUTES,
	};
	struct session_made	 made;
	enum cal_err		 rc;

	if (w->return_url != NULL) {
		rc = tenant_origin_find(tx, back->origin);
		if (rc != CAL_OK)
			return rc;
	}
	if ((rc = session_add(tx, &s, &made)) != CAL_OK)
		return rc;
	link->id = made.id;
	link->expires_at = made.expires_at;
	return story_add(tx, link->id, STORY_MINTED, NULL);
}

enum cal_err
session_mint(const struct errand *e, const struct session_wish *w,
    struct session_link *link, const char **field, const char **message)
{
	const char	*secret = secret_text(crypto_token(e->mem));
	struct uri	 back = { .origin = NULL };
	struct tx	 tx;
	enum cal_err	 rc;

	if ((*message = fault_in_shape(e->mem, w, &back, field)) != NULL)
		return CAL_INVALID;
	link->url = arena_printf(e->mem, "%s/connect/%s",
	    e->cal->set->backend_url, secret);
	link->popup_url = arena_printf(e->mem, "%s/pages/popup.html#%s",
	    e->cal->set->backend_url, secret);
	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = tx_end(&tx, add_session(&tx, w, &back, secret, link));
	if (rc == CAL_NOTFOUND) {
		*field = "return_url";
		*message = arena_printf(e->mem,
		    "its origin %s is not allowed for "
		    "this tenant: calendlyctl tenant set NAME --origin %s",
		    back.origin, back.origin);
		return CAL_INVALID;
	}
	return rc;
}
