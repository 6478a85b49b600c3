/*
 * uri: see uri.h.
 */
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "lib/arena.h"
#include "lib/hex.h"
#include "lib/uri.h"

#define DIGITS		"0123456789"
#define ALPHA		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define UNRESERVED	ALPHA DIGITS "-._~"

enum {
	HOST_MAX = 253,		/* longest DNS name (RFC 1035, 2.3.4) */
	PORT_MAX = 65535,
};

static bool
is_in(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

const char *
uri_encode(struct arena *mem, const char *s)
{
	static const char hex[] = "0123456789ABCDEF";
	char		*out, *p;
	unsigned char	 c;

	out = p = arena_array(mem, strlen(s) + 1, 3);
	for (; *s != '\0'; s++) {
		if (is_in(*s, UNRESERVED)) {
			*p++ = *s;
			continue;
		}
		c = (unsigned char)*s;
		*p++ = '%';
		*p++ = hex[c >> 4];
		*p++ = hex[c & 0xf];
	}
	return out;
}

/* Returns the byte of an escape, "%XX"; -1 if it is malformed or a NUL. */
static int
escape_value(const char *s, size_t n)
{
	int	hi, lo;

	if (n < 3 || (hi = hex_digit(s[1])) < 0 || (lo = hex_digit(s[2])) < 0)
		return -1;
	return hi + lo == 0 ? -1 : hi * 16 + lo;
}

const char *
uri_decode(struct arena *mem, const char *s, size_t n, bool form)
{
	char	*out, *p;
	size_t	 i;
	int	 c;

	out = p = arena_alloc(mem, n + 1);
	for (i = 0; i < n; i++) {
		if (s[i] == '\0')
			return NULL;
		if (s[i] == '+' && form) {
			*p++ = ' ';
		} else if (s[i] != '%') {
			*p++ = s[i];
		} else {
			if ((c = escape_value(s + i, n - i)) == -1)
				return NULL;
			*p++ = (char)c;
			i += 2;
		}
	}
	return out;
}

const char *
uri_query(struct arena *mem, const char *query, const char *name)
{
	const char	*decoded, *eq;
	size_t		 n, namesz;

	for (;; query += n + 1) {
		n = strcspn(query, "&");
		eq = memchr(query, '=', n);
		namesz = eq == NULL ? n : (size_t)(eq - query);
		decoded = uri_decode(mem, query, namesz, true);
		if (decoded != NULL && strcmp(decoded, name) == 0)
			return eq == NULL ? "" : uri_decode(mem, eq + 1,
			    n - namesz - 1, true);
		if (query[n] == '\0')
			return NULL;
	}
}

bool
uri_add(struct buf *b, const char *name, const char *value)
{
	return buf_puts(b, arena_printf(b->mem, "%s%s=%s",
	    b->n == 0 ? "" : "&", uri_encode(b->mem, name),
	    uri_encode(b->mem, value)));
}

static char *
lower_case(struct arena *mem, const char *s, size_t n)
{
	char	*out, *p;

	out = arena_ndup(mem, s, n);
	for (p = out; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return out;
}

/* Returns the length of "http://" or "https://"; 0 for other schemes. */
static size_t
parse_scheme(struct arena *mem, const char *s, struct uri *u)
{
	static const struct {
		const char	*name;
		int		 port;
	} schemes[] = { { "https", 443 }, { "http", 80 } };
	size_t	i, n;

	n = strspn(s, ALPHA);
	if (strncmp(s + n, "://", 3) != 0)
		return 0;
	u->scheme = lower_case(mem, s, n);
	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (strcmp(u->scheme, schemes[i].name) == 0) {
			u->port = schemes[i].port;
			return n + 3;
		}
	}
	return 0;
}

/*
 * Returns whether the last label begins with a digit.  No top-level domain
 * does, but resolvers take "127.1", "0x7f.1" and "2130706433" for addresses.
 */
static bool
looks_like_ipv4(const char *host)
{
	const char	*dot;

	dot = strrchr(host, '.');
	return is_in(dot == NULL ? host[0] : dot[1], DIGITS);
}

/*
 * Returns whether the host is made of labels of letters, digits, "-" and "_",
 * none of them empty.
 */
static bool
is_host_name(const char *host)
{
	size_t	n;

	if (strlen(host) > HOST_MAX)
		return false;
	for (;; host += n + 1) {
		n = strspn(host, ALPHA DIGITS "-_");
		if (n == 0 || n > 63)
			return false;
		if (host[n] == '\0')
			return true;
		if (host[n] != '.')
			return false;
	}
}

/* Returns an IPv6 address in its canonical form; NULL if it is none. */
static const char *
parse_ipv6(struct arena *mem, const char *s, size_t n)
{
	struct in6_addr	 a;
	char		*text;

	if (inet_pton(AF_INET6, arena_ndup(mem, s, n), &a) != 1)
		return NULL;
	text = arena_alloc(mem, INET6_ADDRSTRLEN);
	return inet_ntop(AF_INET6, &a, text, INET6_ADDRSTRLEN);
}

/* Returns the length of the host, with its brackets; 0 if it is malformed. */
static size_t
parse_host(struct arena *mem, const char *s, struct uri *u)
{
	struct in_addr	a;
	size_t		n;

	if (*s == '[') {
		n = strcspn(s, "]");
		if (s[n] == '\0')
			return 0;
		u->host = parse_ipv6(mem, s + 1, n - 1);
		return u->host == NULL ? 0 : n + 1;
	}
	n = strcspn(s, ":/?");
	u->host = lower_case(mem, s, n);
	if (looks_like_ipv4(u->host))
		return inet_pton(AF_INET, u->host, &a) == 1 ? n : 0;
	return is_host_name(u->host) ? n : 0;
}

/*
 * Reads ":port".  "len" is set to its length, 0 if there is none.  Returns
 * false if it is malformed.
 */
static bool
parse_port(const char *s, struct uri *u, size_t *len)
{
	size_t	n;
	long	port;

	*len = 0;
	if (*s != ':')
		return true;
	n = strspn(s + 1, DIGITS);
	if (n == 0 || n > 5)
		return false;
	port = strtol(s + 1, NULL, 10);
	if (port < 1 || port > PORT_MAX)
		return false;
	u->port = (int)port;
	*len = n + 1;
	return true;
}

/*
 * Returns whether the text may follow the host (RFC 3986, 3.3 and 3.4) and
 * every "%" begins an escape.
 */
static bool
is_path(const char *s)
{
	if (*s != '\0' && *s != '/' && *s != '?')
		return false;
	for (; *s != '\0'; s++) {
		if (*s == '%') {
			if (escape_value(s, 3) == -1)
				return false;
		} else if (!is_in(*s, UNRESERVED "!$&'()*+,;=:@/?")) {
			return false;
		}
	}
	return true;
}

bool
uri_parse(struct arena *mem, const char *s, struct uri *out)
{
	struct uri	u = { .port = 0 };
	size_t		n;
	int		usual;

	if ((n = parse_scheme(mem, s, &u)) == 0)
		return false;
	s += n;
	usual = u.port;
	if ((n = parse_host(mem, s, &u)) == 0)
		return false;
	s += n;
	if (!parse_port(s, &u, &n) || !is_path(s + n))
		return false;
	s += n;
	u.path = arena_printf(mem, "%s%s", *s == '?' ? "/" : "", s);
	u.origin = arena_printf(mem, strchr(u.host, ':') == NULL ?
	    "%s://%s" : "%s://[%s]", u.scheme, u.host);
	if (u.port != usual)
		u.origin = arena_printf(mem, "%s:%d", u.origin, u.port);
	*out = u;
	return true;
}

bool
uri_is_loopback(const struct uri *u)
{
	struct in_addr	a;

	if (strcmp(u->host, "localhost") == 0 || strcmp(u->host, "::1") == 0)
		return true;
	return inet_pton(AF_INET, u->host, &a) == 1 &&
	    (ntohl(a.s_addr) >> 24) == IN_LOOPBACKNET;
}
