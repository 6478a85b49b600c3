/*
 * callback: see callback.h.
 */
#include <string.h>

#include "app/calendly/callback.h"
#include "lib/arena.h"
#include "lib/uri.h"

static const char *
without_slashes(struct arena *mem, const char *s)
{
	size_t	 n = strlen(s);

	while (n > 0 && s[n - 1] == '/')
		n--;
	return arena_ndup(mem, s, n);
}

const char *
callback_url(struct arena *mem, const char *backend_url, const char *endpoint)
{
	return arena_printf(mem, "%s/webhooks/calendly/%s", backend_url,
	    endpoint);
}

const char *
callback_normal(struct arena *mem, const char *url)
{
	struct uri	 u;

	if (!uri_parse(mem, url, &u))
		return without_slashes(mem, url);
	return arena_printf(mem, "%s%s", u.origin,
	    without_slashes(mem, u.path));
}

bool
callback_same(struct arena *mem, const char *a, const char *b)
{
	return a != NULL && b != NULL &&
	    strcmp(callback_normal(mem, a), callback_normal(mem, b)) == 0;
}

const char *
callback_last(struct arena *mem, const char *url)
{
	size_t		 n = strcspn(url, "?#");
	const char	*s, *last;

	s = without_slashes(mem, arena_ndup(mem, url, n));
	last = strrchr(s, '/');
	return last == NULL ? "" : last + 1;
}
