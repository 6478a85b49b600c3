/* token: lends an access token to the host app. */
#include "app/repo/tenant.h"
#include "app/route/answer.h"
#include "app/route/router.h"
#include "app/service/calls/calling.h"
#include "app/service/errand.h"
#include "app/service/token/lend.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/req.h"
#include "lib/secret.h"

enum {
	/*
	 * A request waits while another process refreshes the token, but only
	 * while that refresh is younger than PATIENCE_MS, and WAIT_MS
	 * altogether.
	 */
	PATIENCE_MS = 6 * 1000,
	WAIT_MS = 30 * 1000,
};

/*
 * Returns how long lend_run() may let the request wait.  A request whose time
 * is over begins no refresh of its own.
 */
static int64_t
patience_left(const struct req *r, int64_t waited_ms)
{
	if (waited_ms >= WAIT_MS)
		return LEND_AT_ONCE;
	return r->may_wait ? PATIENCE_MS : 0;
}

/*
 * Lends a token.  If it must be refreshed first, the request needs a place
 * among the workers that may wait for Calendly.  CAL_CONFLICT: there is no
 * place, or a refresh is under way; try again later.
 */
static enum cal_err
lend_token(struct service *cal, struct req *r, const char *user_id,
    int64_t waited, struct loan *loan)
{
	const struct errand	 e = errand_for(cal, r->mem, caller_tenant(r));
	const bool		 place = calling_begin(cal);
	enum cal_err		 rc;

	rc = lend_run(&e, user_id, place ?
	    patience_left(r, waited) : r->may_wait && waited < CALLING_WAIT_MS ?
	    LEND_NO_PLACE : LEND_AT_ONCE, loan);
	if (place)
		calling_end(cal);
	return rc;
}

/*
 * While a refresh is under way the request is put off, so that its worker can
 * serve others.
 */
static enum cal_err
token_lend(struct service *cal, struct req *r)
{
	const struct api_key	*key = r->caller;
	struct loan		 loan;
	struct json		*j;
	const char		*user_id;
	int64_t			 waited;	/* in ms */
	enum cal_err		 rc;

	if (!key->allow_token)
		return req_fail(r, CAL_DENIED, "forbidden", "this API key may "
		    "not take tokens: make one with \"calendlyctl key add "
		    "TENANT --allow-token\"");
	if ((rc = path_user(r, &user_id)) != CAL_OK)
		return rc;
	waited = (clock_us() - r->begun) / 1000;
	rc = lend_token(cal, r, user_id, waited, &loan);
	if (rc == CAL_CONFLICT && req_later(r, calling_next_look(waited)))
		return CAL_OK;
	if (rc == CAL_DENIED)
		return answer_needs_reauth(r);
	if (rc != CAL_OK)
		return rc == CAL_NOTFOUND ? rc : CAL_UNAVAILABLE;
	j = json_new(r->mem);
	json_object(j, NULL);
	json_str(j, "access_token", secret_text(loan.access));
	json_str(j, "expires_at", loan.expires_at);
	json_end(j);
	answer_json(r, 200, j);
	return CAL_OK;
}

const struct route token_routes[] = {
	{ "POST", "/v1/connections/{user_id}/token", token_lend, NULL,
	    ROUTE_KEY },
	{ NULL, NULL, NULL, NULL, 0 },
};
