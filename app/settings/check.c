/* check: decides whether the value of a setting is good. */
#include <sys/un.h>

#include <stdbool.h>
#include <string.h>

#include "app/settings/check.h"
#include "app/settings/settings.h"
#include "lib/address.h"
#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/db.h"
#include "lib/uri.h"

/* Printable ASCII without blanks: safe in a header and in a form. */
static bool
is_plain_setting(const char *value)
{
	for (; *value != '\0'; value++)
		if (*value <= ' ' || *value > '~')
			return false;
	return true;
}

const char *
check_client_id(struct arena *mem, const char *value)
{
	(void)mem;
	if (is_plain_setting(value) && strchr(value, ':') == NULL)
		return NULL;
	return "write the client id alone, as Calendly's developer page "
	    "shows it: no blanks, no colon";
}

const char *
check_secret(struct arena *mem, const char *value)
{
	(void)mem;
	for (; *value != '\0'; value++)
		if ((unsigned char)*value < ' ' || *value == 0x7f)
			return "write it as Calendly's developer page shows "
			    "it: it has a control character, such as a line "
			    "break, in it";
	return NULL;
}

/* Returns NULL if the URL may be used, else what to write instead. */
static const char *
url_fault(struct arena *mem, const char *value, struct uri *u)
{
	if (!uri_parse(mem, value, u))
		return "write an https:// address with a host name, and "
		    "without user name, blanks or \"#\"";
	if (strcmp(u->scheme, "https") != 0 && !uri_is_loopback(u))
		return "write https:// in place of http://; plain http is "
		    "allowed to this machine itself (localhost) only";
	return NULL;
}

static const char *
path_fault(struct arena *mem, const char *value, const char *why)
{
	struct uri	 u;
	const char	*fault;

	if ((fault = url_fault(mem, value, &u)) != NULL)
		return fault;
	if (u.path[0] == '\0' || strcmp(u.path, "/") == 0)
		return NULL;
	return arena_printf(mem, "write %s, without a path: %s", u.origin,
	    why);
}

const char *
check_origin(struct arena *mem, const char *value)
{
	return path_fault(mem, value, "calendlyd adds the paths itself");
}

const char *
check_backend_url(struct arena *mem, const char *value)
{
	return path_fault(mem, value, "nginx serves calendlyd at the top of "
	    "its host name");
}

const char *
check_frontend_url(struct arena *mem, const char *value)
{
	struct uri	 u;

	return url_fault(mem, value, &u);
}

const char *
check_database_url(struct arena *mem, const char *value)
{
	/*
	 * libpq's own message is not shown, because it may quote the password.
	 */
	if (db_url_fault(mem, value) == NULL)
		return NULL;
	return "write a connection string that PostgreSQL's libpq reads, such "
	    "as postgresql://calendlyd@db.example.com/calendlyd"
	    "?sslmode=verify-full; a special character in a password is "
	    "percent-encoded (@ as %40)";
}

const char *
check_path(struct arena *mem, const char *value)
{
	if (value[0] == '/')
		return NULL;
	return arena_printf(mem, "write the whole path, from \"/\" on, such "
	    "as /etc/calendlyd/%s", value);
}

const char *
check_socket(struct arena *mem, const char *value)
{
	const size_t	 room = sizeof(((struct sockaddr_un *)NULL)->sun_path) -
	    strlen(SETTINGS_HEALTH_SOCKET);

	if (value[0] != '/')
		return arena_printf(mem, "write a whole path, from \"/\" on, "
		    "such as /run/calendlyd/%s", value);
	if (strlen(value) >= room)
		return arena_printf(mem, "write a shorter path: this "
		    "one may have %zu characters at most", room - 1);
	return NULL;
}

const char *
check_ranges(struct arena *mem, const char *value)
{
	const char		*words[2] = { NULL, NULL }, *bad, *p;
	struct address_ranges	 ranges;
	struct buf		 b;
	size_t			 n;

	buf_init(&b, mem, 0);
	for (p = value; *p != '\0'; p += n) {
		p += strspn(p, ", \t");
		n = strcspn(p, ", \t");
		words[0] = arena_ndup(mem, p, n);
		if (n > 0 && !address_ranges_parse(mem, words, &ranges, &bad))
			(void)buf_printf(&b, "%s\"%s\"", b.n > 0 ? ", " : "",
			    bad);
	}
	if (b.n == 0)
		return NULL;
	return arena_printf(mem, "no address range: %s; write ranges such as "
	    "10.0.0.0/8 or fd00::/8, with blanks or commas between", b.p);
}
