/*
 * address: see address.h.
 *
 * The lists follow IANA's "IPv4 Special-Purpose Address Registry" and "IPv6
 * Special-Purpose Address Registry".  Blocks of which a few addresses are
 * reachable, as anycast for protocols, are listed as a whole.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <string.h>

#include "lib/address.h"
#include "lib/arena.h"

enum { V4_BITS = 32, V6_BITS = 128, V4_AT = 12 };

#define V4(a, b, c, n)							\
	{ false, n, { a, b, c } }
#define V6(a, b, c, n)							\
	{ true, n, { (a) >> 8, (a) & 0xff, (b) >> 8, (b) & 0xff,	\
	    (c) >> 8, (c) & 0xff } }

static const struct address_range	not_public[] = {
	V4(0, 0, 0, 8),			/* this network */
	V4(10, 0, 0, 8),		/* private (RFC 1918) */
	V4(100, 64, 0, 10),		/* shared (RFC 6598) */
	V4(127, 0, 0, 8),		/* loopback */
	V4(169, 254, 0, 16),		/* link-local */
	V4(172, 16, 0, 12),		/* private */
	V4(192, 0, 0, 24),		/* protocol assignments */
	V4(192, 0, 2, 24),		/* documentation */
	V4(192, 88, 99, 24),		/* 6to4 relays (RFC 7526) */
	V4(192, 168, 0, 16),		/* private */
	V4(198, 18, 0, 15),		/* benchmarks */
	V4(198, 51, 100, 24),		/* documentation */
	V4(203, 0, 113, 24),		/* documentation */
	V4(224, 0, 0, 4),		/* multicast */
	V4(240, 0, 0, 4),		/* reserved, and broadcast */
	V6(0x2001, 0, 0, 23),		/* protocol assignments, Teredo,
					 * benchmarks, ORCHID */
	V6(0x2001, 0x0db8, 0, 32),	/* documentation */
	V6(0x2002, 0, 0, 16),		/* 6to4 */
	V6(0x3ffe, 0, 0, 16),		/* the former 6bone (RFC 3701) */
	V6(0x3fff, 0, 0, 20),		/* documentation (RFC 9637) */
};

static const struct address_range	unicast = V6(0x2000, 0, 0, 3);

/* Copies an address's bytes.  Returns their number, 0 for other families. */
static size_t
bytes_of(const struct sockaddr *sa, uint8_t out[16])
{
	struct sockaddr_in	 sin;
	struct sockaddr_in6	 sin6;

	if (sa->sa_family == AF_INET) {
		memcpy(&sin, sa, sizeof(sin));
		memcpy(out, &sin.sin_addr, sizeof(sin.sin_addr));
		return sizeof(sin.sin_addr);
	}
	if (sa->sa_family == AF_INET6) {
		memcpy(&sin6, sa, sizeof(sin6));
		memcpy(out, &sin6.sin6_addr, sizeof(sin6.sin6_addr));
		return sizeof(sin6.sin6_addr);
	}
	return 0;
}

static bool
is_within(const struct address_range *r, const uint8_t *address, bool v6)
{
	const int	 whole = r->bits / 8, rest = r->bits % 8;

	if (r->v6 != v6 || memcmp(r->address, address, (size_t)whole) != 0)
		return false;
	return rest == 0 ||
	    (r->address[whole] ^ address[whole]) >> (8 - rest) == 0;
}

static bool
is_within_one(const struct address_range *r, size_t n, const uint8_t *address,
    bool v6)
{
	size_t	 i;

	for (i = 0; i < n; i++)
		if (is_within(&r[i], address, v6))
			return true;
	return false;
}

bool
address_is_public(const struct sockaddr *sa)
{
	uint8_t		 address[16];
	const size_t	 n = bytes_of(sa, address);
	const bool	 v6 = n == sizeof(address);

	if (n == 0 || (v6 && !is_within(&unicast, address, true)))
		return false;
	return !is_within_one(not_public, sizeof(not_public) /
	    sizeof(not_public[0]), address, v6);
}

const char *
address_text(struct arena *mem, const struct sockaddr *sa)
{
	uint8_t	 address[16];
	char	 text[INET6_ADDRSTRLEN];

	if (bytes_of(sa, address) == 0 || inet_ntop(sa->sa_family, address,
	    text, sizeof(text)) == NULL)
		return "?";
	return arena_dup(mem, text);
}

/* Reads the number of bits behind the slash; -1 if it is none up to "most". */
static int
bits_of(const char *s, int most)
{
	const size_t	 n = strspn(s, "0123456789");
	int		 bits = 0;
	size_t		 i;

	if (n == 0 || n > 3 || s[n] != '\0' || (n > 1 && *s == '0'))
		return -1;
	for (i = 0; i < n; i++)
		bits = bits * 10 + (s[i] - '0');
	return bits <= most ? bits : -1;
}

static bool
range_parse(struct arena *mem, const char *word, struct address_range *r)
{
	char	*text = arena_dup(mem, word), *slash = strchr(text, '/');
	int	 most;

	*r = (struct address_range){ .bits = 0 };
	if (slash != NULL)
		*slash = '\0';
	r->v6 = strchr(text, ':') != NULL;
	most = r->v6 ? V6_BITS : V4_BITS;
	if (inet_pton(r->v6 ? AF_INET6 : AF_INET, text, r->address) != 1)
		return false;
	r->bits = slash == NULL ? most : bits_of(slash + 1, most);
	return r->bits != -1;
}

bool
address_ranges_parse(struct arena *mem, const char *const *words,
    struct address_ranges *out, const char **bad)
{
	struct address_ranges	 all = { .n = 0 };
	size_t			 n = 0;

	while (words[n] != NULL)
		n++;
	all.range = arena_array(mem, n, sizeof(*all.range));
	for (; all.n < n; all.n++)
		if (!range_parse(mem, words[all.n], &all.range[all.n])) {
			*bad = words[all.n];
			return false;
		}
	*out = all;
	return true;
}

static bool
is_mapped(const uint8_t address[16])
{
	static const uint8_t	prefix[V4_AT] = { [10] = 0xff, [11] = 0xff };

	return memcmp(address, prefix, sizeof(prefix)) == 0;
}

bool
address_in(const struct address_ranges *all, const struct sockaddr *sa)
{
	uint8_t		 address[16];
	const size_t	 n = bytes_of(sa, address);
	const bool	 v6 = n == sizeof(address);

	if (n == 0)
		return false;
	if (is_within_one(all->range, all->n, address, v6))
		return true;
	return v6 && is_mapped(address) &&
	    is_within_one(all->range, all->n, address + V4_AT, false);
}
