/*
 * kind: see kind.h.
 */
#include <string.h>

#include "app/calendly/client.h"
#include "app/calendly/kind.h"

const struct call_limits	call_limits[CALL_KIND__MAX] = {
	[CALL_TOKEN] = { CLIENT_TOKEN_MS, .patient = true, .whole = true },
	[CALL_REVOKE] = { CLIENT_REVOKE_MS, .whole = true },
	[CALL_READ] = { CLIENT_READ_MS, .whole = false },
	[CALL_CHANGE] = { CLIENT_CHANGE_MS, .whole = false },
};

enum call_kind
call_kind(const struct client_request *q)
{
	if (q->oauth)
		return strcmp(q->path, "/oauth/token") == 0 ? CALL_TOKEN :
		    CALL_REVOKE;
	return strcmp(q->method, "GET") == 0 ? CALL_READ : CALL_CHANGE;
}
