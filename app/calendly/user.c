/*
 * user: see user.h.
 */
#include "app/calendly/client.h"
#include "app/calendly/id.h"
#include "app/calendly/user.h"
#include "lib/json.h"

static const char *
take_user(void *arg, struct arena *mem, const struct json_node *json)
{
	struct calendly_user	*u = arg;

	u->uri = json_text(json, "resource.uri");
	u->organization = json_text(json, "resource.current_organization");
	u->email = json_text(json, "resource.email");
	u->name = json_text(json, "resource.name");
	u->timezone = json_text(json, "resource.timezone");
	return id_from_uri(mem, u->uri) == NULL || u->email == NULL ||
	    id_from_uri(mem, u->organization) == NULL ?
	    "the reply names no user, organization or e-mail" : NULL;
}

enum cal_err
user_me(struct behalf by, const struct secret *token, struct calendly_user *u)
{
	const struct client_request q = {
		.purpose = "user_me",
		.method = "GET",
		.path = "/users/me",
		.token = token,
		.take = take_user,
		.taker = u,
	};
	struct client_reply	 r;

	return client_send(by, &q, &r);
}
