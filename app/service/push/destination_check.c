/*
 * destination_check: see destination_check.h.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "app/domain/event_kind.h"
#include "app/service/emit.h"
#include "app/service/push/destination_check.h"
#include "app/service/push/target.h"
#include "app/settings/settings.h"
#include "lib/address.h"
#include "lib/arena.h"
#include "lib/http.h"
#include "lib/uri.h"
#include "lib/words.h"

enum {
	URL_MAX = 2048,
	TEXT_MAX = 255,
	TYPES_MAX = 50,
	HEADERS_MAX = 20,
	HEADERS_BYTES = 4096,
	SHOWN_MAX = 40,		/* of a name in a message */
	HTTPS = 443,
	HTTP = 80,
	UNPRIVILEGED = 1024,
};

#define TOKEN	"!#$%&'*+-.^_`|~0123456789" \
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/* True if the part before path and query holds an "@". */
static bool
has_credentials(const char *url)
{
	const char	*host = strstr(url, "://");
	size_t		 n;

	if (host == NULL)
		return false;
	host += 3;
	n = strcspn(host, "/?#");
	return memchr(host, '@', n) != NULL;
}

static const char *
form_fault(struct arena *mem, const char *url, struct uri *u)
{
	if (strlen(url) > URL_MAX)
		return "must have at most 2048 characters";
	if (has_credentials(url))
		return "must not hold a user or a password: put what your "
		    "receiver asks for into headers";
	if (strchr(url, '#') != NULL)
		return "must not have a fragment: leave out \"#\" and what "
		    "follows it";
	if (!uri_parse(mem, url, u))
		return "must be an https URL, such as "
		    "https://app.example.com/hooks/calendly; its host is a "
		    "name or an address in its usual form, and other "
		    "characters are percent-encoded";
	return NULL;
}

static bool
port_is_open(const struct uri *u)
{
	return u->port >= UNPRIVILEGED || u->port == HTTPS ||
	    (u->port == HTTP && strcmp(u->scheme, "http") == 0);
}

/* Reads a literal address; false if the host is a name. */
static bool
host_address(const char *host, struct sockaddr_storage *out)
{
	struct sockaddr_in	*v4 = (struct sockaddr_in *)out;
	struct sockaddr_in6	*v6 = (struct sockaddr_in6 *)out;

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
		out->ss_family = AF_INET;
		return true;
	}
	out->ss_family = AF_INET6;
	return inet_pton(AF_INET6, host, &v6->sin6_addr) == 1;
}

/*
 * What a name leads to is judged on each connection; of a literal address it is
 * known now.
 */
static const char *
address_fault(const struct settings *set, struct arena *mem,
    const struct uri *u)
{
	struct sockaddr_storage	 where;
	const struct sockaddr	*sa = (const struct sockaddr *)&where;
	struct address_ranges	 allowed;
	const char		*bad;

	if (!host_address(u->host, &where) ||
	    !address_ranges_parse(mem, set->deliver_allow, &allowed, &bad) ||
	    address_in(&allowed, sa))
		return NULL;
	if (strcmp(u->scheme, "https") != 0)
		return "must begin with https://: your operator allows http "
		    "for other addresses only (CALENDLYD_DELIVER_ALLOW)";
	if (address_is_public(sa))
		return NULL;
	return "must lead to a public address; this one can be used only if "
	    "your operator allows it in CALENDLYD_DELIVER_ALLOW";
}

const char *
destination_url_fault(const struct settings *set, struct arena *mem,
    const char *url)
{
	const char	*fault;
	struct uri	 u;

	if ((fault = form_fault(mem, url, &u)) != NULL)
		return fault;
	if (strcmp(u.scheme, "https") != 0 && set->deliver_allow[0] == NULL)
		return "must begin with https:// (http is possible only if "
		    "your operator allows the receiver's addresses in "
		    "CALENDLYD_DELIVER_ALLOW)";
	if (!port_is_open(&u))
		return "must have port 443 or one from 1024 to 65535";
	return address_fault(set, mem, &u);
}

static const char **
known_types(struct arena *mem)
{
	const char	**list;
	size_t		 n = 0, i;

	while (emit_kinds[n] != NULL)
		n++;
	for (i = 0; event_kinds[i].name != NULL; i++)
		;
	list = arena_array(mem, n + i + 1, sizeof(*list));
	memcpy(list, emit_kinds, n * sizeof(*list));
	for (i = 0; event_kinds[i].name != NULL; i++)
		list[n++] = event_kinds[i].name;
	return list;
}

static const char *
type_fault(struct arena *mem, const char *const *known, const char *type)
{
	if (words_have(known, type))
		return NULL;
	if (strlen(type) > SHOWN_MAX)
		return "must be types of events, such as meeting.changed, or "
		    "\"*\" for all";
	return arena_printf(mem, "\"%s\" is no type of event; the nearest is "
	    "%s, and \"*\" stands for all", type,
	    words_nearest(mem, known, type));
}

const char *
destination_types_fault(struct arena *mem, const char *const *types)
{
	const char	*const *known = known_types(mem), *fault;
	size_t		 i, j;

	if (types[0] == NULL)
		return "must name at least one type of events; \"*\" stands "
		    "for all";
	if (strcmp(types[0], "*") == 0 && types[1] == NULL)
		return NULL;
	for (i = 0; types[i] != NULL; i++) {
		if (i == TYPES_MAX)
			return "must name at most 50 types; \"*\" stands for "
			    "all";
		if (strcmp(types[i], "*") == 0)
			return "must be \"*\" alone, or a list of types "
			    "without it";
		if ((fault = type_fault(mem, known, types[i])) != NULL)
			return fault;
		for (j = 0; j < i; j++)
			if (strcmp(types[j], types[i]) == 0)
				return "must name each type once";
	}
	return NULL;
}

static bool
value_can_be_sent(const char *s)
{
	const size_t	 n = strlen(s);
	size_t		 i;

	if (n == 0 || s[0] == ' ' || s[n - 1] == ' ')
		return false;
	for (i = 0; i < n; i++)
		if (s[i] < ' ' || s[i] > '~')
			return false;
	return true;
}

static const char *
header_fault(struct arena *mem, const struct http_header *all,
    const struct http_header *h)
{
	const struct http_header	*before;

	if (h->name[0] == '\0' || strspn(h->name, TOKEN) != strlen(h->name) ||
	    strlen(h->name) > TEXT_MAX)
		return "must have names as HTTP allows them: letters, digits "
		    "and -, such as X-Route";
	if (target_header_is_ours(h->name))
		return arena_printf(mem, "must not have %s: calendlyd sets "
		    "it, or it belongs to the connection", h->name);
	if (!value_can_be_sent(h->value))
		return arena_printf(mem, "%s must have a value of printable "
		    "ASCII characters, without a blank at its ends", h->name);
	for (before = all; before < h; before++)
		if (strcasecmp(before->name, h->name) == 0)
			return arena_printf(mem, "must have %s once",
			    h->name);
	return NULL;
}

const char *
destination_headers_fault(struct arena *mem, const struct http_header *all)
{
	const struct http_header	*h;
	const char			*fault;
	size_t				 bytes = 0;

	for (h = all; h->name != NULL; h++) {
		if (h - all == HEADERS_MAX)
			return "must be at most 20";
		if ((fault = header_fault(mem, all, h)) != NULL)
			return fault;
		bytes += strlen(h->name) + strlen(h->value) + 4;
	}
	return bytes <= HEADERS_BYTES ? NULL :
	    "must have at most 4096 bytes in all";
}

const char *
destination_text_fault(const char *description)
{
	return strlen(description) <= TEXT_MAX ? NULL :
	    "must have at most 255 bytes";
}
