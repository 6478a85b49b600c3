/*
 * flow_cookie: see flow_cookie.h.
 */
#include <string.h>

#include "app/route/flow_cookie.h"
#include "app/service/service.h"
#include "app/settings/settings.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/req.h"
#include "lib/uri.h"

enum {
	/*
	 * The browser is known for as long as the end of a flow is remembered:
	 * when it restores its tabs and repeats a callback, that must end as it
	 * did before.
	 */
	BROWSER_SECONDS = 7 * 24 * 3600,
	/*
	 * The cookie outlives the link itself, because the user may want the
	 * way back to the app later, too.
	 */
	LINK_SECONDS = 24 * 3600,
	LINKS_MOST = 8,
	DROPS_MOST = 4,			/* cookies deleted by one answer */
};

static bool
is_https(const struct service *cal)
{
	return strncmp(cal->set->backend_url, "https:", 6) == 0;
}

static const char *
browser_name(const struct service *cal)
{
	return is_https(cal) ? "__Host-calendlyd" : "calendlyd";
}

static const char *
link_prefix(const struct service *cal)
{
	return is_https(cal) ? "__Host-calendlyd-" : "calendlyd-";
}

static void
set_cookie(const struct service *cal, struct req *r, const char *name,
    const char *value, int seconds)
{
	req_header(r, "Set-Cookie", arena_printf(r->mem,
	    "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Lax%s", name,
	    value, seconds, is_https(cal) ? "; Secure" : ""));
}

const char *
flow_browser(const struct service *cal, struct req *r)
{
	return req_cookie(r, browser_name(cal));
}

void
flow_keep_browser(const struct service *cal, struct req *r,
    const char *value)
{
	set_cookie(cal, r, browser_name(cal), value, BROWSER_SECONDS);
}

const char *
flow_session(const struct service *cal, struct req *r)
{
	const char	*asked = req_query(r, "session");
	const char	*only;

	if (asked != NULL)
		return crypto_is_uuid(asked) ? asked : NULL;
	only = req_cookie_nth(r, link_prefix(cal), 0);
	if (only == NULL || req_cookie_nth(r, link_prefix(cal), 1) != NULL)
		return NULL;
	return crypto_is_uuid(only) ? only : NULL;
}

const char *
flow_link(const struct service *cal, struct req *r, const char *session_id)
{
	const char	*s, *encoded;

	if (session_id == NULL)
		return NULL;
	s = req_cookie(r, arena_printf(r->mem, "%s%s", link_prefix(cal),
	    session_id));
	if (s == NULL || (encoded = uri_encode(r->mem, s)) == NULL)
		return NULL;
	/*
	 * The secret becomes a segment of a path, so a value that would need
	 * encoding there is refused.
	 */
	return strcmp(encoded, s) == 0 ? s : NULL;
}

void
flow_keep_link(const struct service *cal, struct req *r,
    const char *session_id, const char *secret)
{
	const char	*prefix = link_prefix(cal);
	size_t		 n = 0, drops, i;

	while (req_cookie_nth(r, prefix, n) != NULL)
		n++;
	drops = n >= LINKS_MOST ? n - LINKS_MOST + 1 : 0;
	if (flow_link(cal, r, session_id) != NULL)
		drops = 0;
	for (i = 0; i < drops && i < DROPS_MOST; i++)
		set_cookie(cal, r, arena_printf(r->mem, "%s%s", prefix,
		    req_cookie_nth(r, prefix, i)), "", 0);
	set_cookie(cal, r, arena_printf(r->mem, "%s%s", prefix, session_id),
	    secret, LINK_SECONDS);
}
