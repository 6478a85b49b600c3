/*
 * advice: see advice.h.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "app/ctl/advice.h"

/* True if Calendly refused the credentials of the OAuth app itself. */
static bool
is_app_refused(const char *error)
{
	return error != NULL && (strstr(error, "invalid_client") != NULL ||
	    strstr(error, "unauthorized_client") != NULL);
}

/* True for calls that revoke a token or ask whether it is still valid. */
static bool
is_revocation(const char *purpose)
{
	return strcmp(purpose, "token_revoke") == 0 ||
	    strcmp(purpose, "token_introspect") == 0;
}

static bool
is_of_tokens(const char *purpose)
{
	return strncmp(purpose, "token_", strlen("token_")) == 0;
}

/* Gives advice for a refusal that will last until someone mends the cause. */
static const char *
advice_rejected(const char *purpose, long status)
{
	if (status == 401 || is_of_tokens(purpose))
		return "see the user's connection: needs_reauth means a new "
		    "consent";
	if (strcmp(purpose, "subscription_create") == 0)
		return "read Calendly's reply in the connection's log; check "
		    "BACKEND_URL and CALENDLY_WEBHOOK_EVENTS";
	return "read Calendly's reply in the connection's log";
}

/*
 * Gives advice for an answer with a status of success that could not be used.
 */
static const char *
advice_unusable(const char *purpose)
{
	if (is_of_tokens(purpose))
		return "nothing, if it was once: tried again; else ask "
		    "Calendly what their token endpoint answers";
	return "nothing, if it was once: tried again; else show Calendly "
	    "their reply, in the connection's log";
}

/*
 * Failed calls are tried again without help, so mostly the operator need only
 * see that the next try succeeds.
 */
const char *
advice_call(const char *purpose, const char *status_text, const char *error)
{
	const long	 status = status_text == NULL ? 0 :
	    strtol(status_text, NULL, 10);

	if (is_app_refused(error))
		return "check CALENDLY_OAUTH_CLIENT_ID and _SECRET, for all "
		    "users";
	if (status == 0)
		return "nothing, if it was once: tried again; else check the "
		    "way to Calendly";
	if (is_revocation(purpose) && status < 500 && status != 429)
		return "nothing, if the tokens were dead; else they are listed "
		    "below";
	if (status < 300)
		return advice_unusable(purpose);
	if (status < 400)
		return "check CALENDLY_AUTH_URL and CALENDLY_API_URL: it is "
		    "not Calendly that sends calls elsewhere";
	if (status == 403 && !is_of_tokens(purpose))
		return "see the connection's capability: plan, role or scope "
		    "at Calendly";
	if (status == 404)
		return "nothing: gone at Calendly; reconcile puts it right";
	if (status == 409)
		return "nothing: reconcile looks again and puts it right";
	if (status == 429)
		return "nothing: it is tried again after a pause";
	if (status == 408 || status >= 500)
		return "nothing, if it passes: tried again; else see "
		    "Calendly's status page";
	return advice_rejected(purpose, status);
}
