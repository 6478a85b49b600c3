/*
 * user: see user.h.
 */
#include "app/calendly/client.h"
#include "app/calendly/id.h"
#include "app/calendly/user.h"
#include "lib/json.h"
#include "lib/log.h"

enum cal_err
user_me(struct client *c, struct arena *mem, const struct secret *token,
    struct calendly_user *u)
{
	const struct client_request q = {
		.purpose = "user_me",
		.method = "GET",
		.path = "/users/me",
		.token = token,
	};
	struct client_reply	 r;
	enum cal_err		 rc;

	if ((rc = client_send(c, mem, &q, &r)) != CAL_OK)
		return rc;
	u->uri = json_text(r.json, "resource.uri");
	u->organization = json_text(r.json, "resource.current_organization");
	u->email = json_text(r.json, "resource.email");
	u->name = json_text(r.json, "resource.name");
	u->timezone = json_text(r.json, "resource.timezone");
	if (id_from_uri(mem, u->uri) == NULL || u->email == NULL ||
	    id_from_uri(mem, u->organization) == NULL) {
		log_warn("calendly: user_me: the reply names no user, "
		    "organization or e-mail");
		return CAL_UPSTREAM;
	}
	return CAL_OK;
}
