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

enum cal_err
call_outcome(int status)
{
	switch (status) {
	case 401:
		return CAL_UNAUTHORIZED;
	case 403:
		return CAL_DENIED;
	case 404:
		return CAL_NOTFOUND;
	case 409:
		return CAL_CONFLICT;
	case 429:
		return CAL_UNAVAILABLE;
	default:
		if (status >= 200 && status < 300)
			return CAL_OK;
		return status >= 400 && status < 500 && status != 408 ?
		    CAL_INVALID : CAL_UPSTREAM;
	}
}
