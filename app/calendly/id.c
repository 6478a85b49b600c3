/*
 * id: see id.h.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "app/calendly/id.h"
#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/hex.h"

enum {
	ID_MAX = 255,
	ESCAPESZ = 3,		/* length of "%2E" */
};

/* Characters of a path besides letters and digits; RFC 3986, 3.3. */
#define PATH_CHARACTERS	"-._~!$&'()*+,;=:@"

/*
 * Words that come last in a path where no id is given: they say what kind of
 * thing is meant, but not which.
 */
static const char *const NOT_IDS[] = {
	"me", "users", "organizations", "scheduled_events", "invitees",
	"invitee_no_shows", "webhook_subscriptions", "event_types",
	"contacts", "meeting_recaps", "routing_form_submissions",
};

static bool
is_escape(const char *s, size_t n)
{
	return n >= ESCAPESZ && s[0] == '%' && hex_digit(s[1]) >= 0 &&
	    hex_digit(s[2]) >= 0;
}

/*
 * Says whether this is "." or "..", which lead elsewhere, also if written as
 * %2e (RFC 3986, 6.2.2).
 */
static bool
is_dots(const char *s, size_t n)
{
	size_t	 i = 0, dots = 0;

	while (i < n) {
		if (s[i] != '.' && (!is_escape(s + i, n - i) ||
		    strncasecmp(s + i, "%2e", ESCAPESZ) != 0))
			return false;
		i += s[i] == '.' ? 1 : ESCAPESZ;
		dots++;
	}
	return dots <= 2;
}

static bool
is_calendly_id(const char *s, size_t n)
{
	size_t	 i;

	if (n == 0 || n > ID_MAX || is_dots(s, n))
		return false;
	for (i = 0; i < n; i++)
		if (s[i] <= ' ' || s[i] > '~')
			return false;
	for (i = 0; i < sizeof(NOT_IDS) / sizeof(NOT_IDS[0]); i++)
		if (strlen(NOT_IDS[i]) == n &&
		    memcmp(NOT_IDS[i], s, n) == 0)
			return false;
	return true;
}

/*
 * Where the URI's path begins, behind "https://api.calendly.com" if that is
 * there.
 */
static const char *
path_of(const char *uri)
{
	const char	*host = strstr(uri, "://");

	if (host == NULL || (size_t)(host - uri) > strcspn(uri, "/?#"))
		return uri;
	host += 3;
	return host + strcspn(host, "/?#");
}

/* Finds the id as it stands in the URI, of "n" bytes; NULL: none. */
static const char *
find_id(const char *uri, size_t *n)
{
	const char	*path, *end, *last;

	if (uri == NULL)
		return NULL;
	path = path_of(uri);
	end = path + strcspn(path, "?#");
	while (end > path && end[-1] == '/')
		end--;
	for (last = end; last > path && last[-1] != '/'; last--)
		;
	*n = (size_t)(end - last);
	return last > path && is_calendly_id(last, *n) ? last : NULL;
}

const char *
id_from_uri(struct arena *mem, const char *uri)
{
	const char	*found;
	char		*id;
	size_t		 i, n;

	if ((found = find_id(uri, &n)) == NULL)
		return NULL;
	id = arena_ndup(mem, found, n);
	if (crypto_is_uuid(id))
		for (i = 0; i < n; i++)
			id[i] = (char)tolower((unsigned char)id[i]);
	return id;
}

bool
id_same(struct arena *mem, const char *a, const char *b)
{
	a = id_from_uri(mem, a);
	b = id_from_uri(mem, b);
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

const char *
id_path(struct arena *mem, const char *collection, const char *uri)
{
	const char	*id;
	struct buf	 b;
	size_t		 n;

	if ((id = find_id(uri, &n)) == NULL)
		return NULL;
	buf_init(&b, mem, 0);
	(void)buf_printf(&b, "%s/", collection);
	for (; n > 0; id++, n--)
		if (isalnum((unsigned char)*id) ||
		    strchr(PATH_CHARACTERS, *id) != NULL || is_escape(id, n))
			(void)buf_add(&b, id, 1);
		else
			(void)buf_printf(&b, "%%%02X", (unsigned char)*id);
	return b.p;
}
