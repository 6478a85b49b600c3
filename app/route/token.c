/*
 * token: an access token lent to the host app.
 */
#include "app/repo/tenant.h"
#include "app/route.h"
#include "app/route/answer.h"
#include "app/service/lend.h"
#include "lib/json.h"
#include "lib/req.h"
#include "lib/secret.h"

static enum cal_err
token_lend(struct calendly *cal, struct req *r)
{
	const struct api_key	*key = r->caller;
	struct loan		 loan;
	struct json		*j;
	const char		*user_id;
	enum cal_err		 rc;

	if (!key->allow_token)
		return req_fail(r, CAL_DENIED, "forbidden", "this API key may "
		    "not take tokens: make one with \"calendlyctl key add "
		    "TENANT --allow-token\"");
	if ((rc = path_user(r, &user_id)) != CAL_OK)
		return rc;
	rc = lend_run(cal, r->mem, key->tenant_id, user_id, true, &loan);
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
	{ "POST", "/v1/connections/{user_id}/token", token_lend, ROUTE_KEY },
	{ NULL, NULL, NULL, 0 },
};
