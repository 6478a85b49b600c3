/*
 * address: which network addresses are public, and ranges of addresses.
 */
#ifndef LIB_ADDRESS_H
#define LIB_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct sockaddr;

/*
 * Returns whether a host anywhere in the Internet may have this address.  False
 * for all that IANA's registries of special-purpose addresses have as not
 * globally reachable (RFC 6890), for multicast and what is reserved, and for
 * IPv6 addresses outside of 2000::/3, the only part that is given to hosts.
 *
 * False also for every IPv6 address that stands for an IPv4 address, whichever
 * that is: mapped (::ffff:0:0/96), compatible (::/96), NAT64 (64:ff9b::/96 and
 * 64:ff9b:1::/48), 6to4 (2002::/16) and Teredo (2001::/32).  A translator on
 * the way may reach private networks with it, and a public host has an address
 * of its own.  False for families other than IPv4 and IPv6.
 */
bool		 address_is_public(const struct sockaddr *);
/*
 * Returns the address without the port, such as "10.0.0.1" or "fd00::1", in the
 * arena; "?" for other families.
 */
const char	*address_text(struct arena *, const struct sockaddr *);

struct address_range {
	bool		 v6;
	int		 bits;		/* of the address that count */
	uint8_t		 address[16];
};

struct address_ranges {
	struct address_range	*range;
	size_t			 n;
};

/*
 * Reads ranges such as 10.0.0.0/8 and fd00::/8, or single addresses.  Bits
 * behind those that count are ignored.  The list of words ends with NULL.
 * Returns false if a word is no range; "bad" is that word.
 */
bool		 address_ranges_parse(struct arena *, const char *const *words,
		    struct address_ranges *, const char **bad);
/*
 * Returns whether the address is in one of the ranges.  A mapped address
 * (::ffff:127.0.0.1) is also in the ranges of the IPv4 address that it stands
 * for.  Other IPv4 addresses are in no range of IPv6, such as ::/0.
 */
bool		 address_in(const struct address_ranges *,
		    const struct sockaddr *);

#endif
