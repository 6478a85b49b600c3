/*
 * connect_back: what one of our pages may know of the session that led to it:
 * the URL back to the app, and the two accounts that did not match.
 */
#include <string.h>

#include "app/repo/session.h"
#include "app/repo/tx.h"
#include "app/service/connect/connect.h"
#include "app/service/connect/finish.h"
#include "app/service/connect/flow.h"
#include "app/service/connect/story.h"
#include "app/service/errand.h"
#include "app/service/service.h"
#include "app/settings/settings.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/utf8.h"

static enum cal_err
load_by_secret(struct service *cal, struct arena *mem, const char *secret,
    struct errand *e, struct connect_session *s)
{
	struct tx	 tx;
	enum cal_err	 rc;

	rc = session_find(cal->db, mem, crypto_hash_text(mem, secret), s);
	if (rc != CAL_OK)
		return rc;
	*e = errand_for_session(cal, mem, s->tenant_id, s->id);
	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	return tx_end(&tx, session_load(&tx, s->id, s));
}

enum cal_err
connect_back(struct service *cal, struct arena *mem, const char *secret,
    const char *session_id, struct connect_outcome *out)
{
	struct connect_session	 s = { .status = SESSION_NONE };
	struct errand		 e;
	enum cal_err		 rc = CAL_NOTFOUND;

	finish(cal, CONNECT_EXPIRED, NULL, RESULT_NONE, out);
	if (secret != NULL)
		rc = load_by_secret(cal, mem, secret, &e, &s);
	if (rc == CAL_OK) {
		story_note(&e, STORY_WENT_BACK, NULL);
		finish(cal, s.status == SESSION_DONE ? CONNECT_DONE :
		    CONNECT_FAILED, &s, RESULT_NONE, out);
		return CAL_OK;
	}
	if (rc != CAL_NOTFOUND)
		return rc;
	if (session_id == NULL)
		return CAL_OK;
	rc = session_home(cal->db, mem, session_id, cal->set->frontend_url,
	    &out->back_url);
	if (rc != CAL_OK)
		return rc == CAL_NOTFOUND ? CAL_OK : rc;
	out->end = CONNECT_OTHER_BROWSER;
	out->session_id = session_id;
	return CAL_OK;
}

void
connect_sent(struct service *cal, struct arena *mem,
    const struct connect_outcome *out, const char *page)
{
	const struct errand	 e = errand_for_session(cal, mem,
	    out->tenant_id, out->session_id);

	if (out->session_id != NULL && out->tenant_id != NULL)
		story_note(&e, page == NULL ? STORY_SENT_BACK :
		    STORY_SENT_TO_PAGE, page);
}

#define DOTS	"\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2"	/* three bullets,
							 * U+2022, in UTF-8 */

/*
 * Replaces all but the first letter and the domain of an e-mail address by
 * dots: its owner still recognises it, and nobody else learns it.
 */
static const char *
mask_email(struct arena *mem, const char *email)
{
	const char	*at = strrchr(email, '@');
	size_t		 first = utf8_len(email, strlen(email));

	if (at == NULL || at == email)
		return DOTS;
	return arena_printf(mem, "%s" DOTS "%s",
	    arena_ndup(mem, email, first), at);
}

static enum cal_err
began_here(const struct errand *e, const struct connect_session *s,
    const char *browser)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	return tx_end(&tx, oauth_state_of_browser(&tx, s->id,
	    crypto_hash_text(e->mem, browser)));
}

enum cal_err
connect_accounts(struct service *cal, struct arena *mem, const char *secret,
    const char *browser, struct connect_accounts *out)
{
	struct connect_session	 s;
	struct errand		 e;
	enum cal_err		 rc;

	if (secret == NULL || browser == NULL)
		return CAL_NOTFOUND;
	if ((rc = load_by_secret(cal, mem, secret, &e, &s)) != CAL_OK ||
	    (rc = began_here(&e, &s, browser)) != CAL_OK)
		return rc;
	if (s.result != RESULT_WRONG_ACCOUNT ||
	    s.expected_email == NULL || s.calendly_email == NULL)
		return CAL_NOTFOUND;
	out->expected = mask_email(mem, s.expected_email);
	out->chosen = mask_email(mem, s.calendly_email);
	return CAL_OK;
}
