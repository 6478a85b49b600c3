/*
 * guard: see guard.h.
 */
#include <sys/socket.h>

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "app/service/push/guard.h"
#include "lib/address.h"
#include "lib/arena.h"

enum {
	REASONS = 2048,		/* that are kept: more than there can be
				 * calls under way, each with two addresses */
	REASON_MAX = 160,
	WORDS_MEMORY = 64 * 1024,
	PORT_HTTP = 80,
	PORT_HTTPS = 443,
	PORT_LEAST = 1024,
};

struct guard {
	struct address_ranges	 allow;
	struct arena		*words;		/* for an address's text */
	char			(*reason)[REASON_MAX];	/* used in turns */
	size_t			 next;
};

struct guard *
guard_new(struct arena *mem, const char *const *allow)
{
	struct guard	*g = arena_alloc(mem, sizeof(*g));
	const char	*bad;

	/* Settings that name no ranges were refused when they were read. */
	(void)address_ranges_parse(mem, allow, &g->allow, &bad);
	g->reason = arena_array(mem, REASONS, sizeof(*g->reason));
	g->words = arena_new(WORDS_MEMORY);
	return g;
}

void
guard_free(struct guard *g)
{
	arena_free(g->words);
}

static bool
is_allowed_port(int port, bool tls)
{
	return port >= PORT_LEAST || port == PORT_HTTPS ||
	    (port == PORT_HTTP && !tls);
}

static int
port_of(const struct sockaddr *sa)
{
	struct sockaddr_in	 v4;
	struct sockaddr_in6	 v6;

	if (sa->sa_family == AF_INET) {
		memcpy(&v4, sa, sizeof(v4));
		return ntohs(v4.sin_port);
	}
	if (sa->sa_family != AF_INET6)
		return 0;
	memcpy(&v6, sa, sizeof(v6));
	return ntohs(v6.sin6_port);
}

const char *
guard_may_connect(void *arg, const struct sockaddr *sa, bool tls)
{
	struct guard	*g = arg;
	char		*words;
	const char	*address;

	if (!is_allowed_port(port_of(sa), tls))
		return "port not allowed: use 443, or 1024 or above";
	if (address_in(&g->allow, sa) || (tls && address_is_public(sa)))
		return NULL;
	words = g->reason[g->next++ % REASONS];
	arena_reset(g->words);
	address = address_text(g->words, sa);
	(void)snprintf(words, REASON_MAX, address_is_public(sa) ?
	    "http to %s is not allowed: use https, or name its range in "
	    "CALENDLYD_DELIVER_ALLOW" :
	    "%s is not a public address: the operator can allow it in "
	    "CALENDLYD_DELIVER_ALLOW", address);
	return words;
}
