/*
 * fuzz address: a word that is a range holds the address that it begins with,
 * and none that differs in the last bit that counts; the same words always mean
 * the same.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <stdlib.h>
#include <string.h>

#include "lib/address.h"
#include "lib/arena.h"

enum { WORDS_MOST = 8 };

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
must(bool so)
{
	if (!so)
		abort();
}

/* Returns whether these bytes are an address in the ranges. */
static bool
holds(const struct address_ranges *all, const uint8_t *bytes, bool v6)
{
	struct sockaddr_in6	 sin6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in	 sin = { .sin_family = AF_INET };

	memcpy(&sin6.sin6_addr, bytes, sizeof(sin6.sin6_addr));
	memcpy(&sin.sin_addr, bytes, sizeof(sin.sin_addr));
	return v6 ? address_in(all, (const struct sockaddr *)&sin6) :
	    address_in(all, (const struct sockaddr *)&sin);
}

static void
test_range(struct address_range *r)
{
	const struct address_ranges	 one = { .range = r, .n = 1 };
	uint8_t				 other[16];

	must(r->bits >= 0 && r->bits <= (r->v6 ? 128 : 32));
	must(holds(&one, r->address, r->v6));
	if (r->bits == 0)
		return;
	memcpy(other, r->address, sizeof(other));
	other[(r->bits - 1) / 8] ^= (uint8_t)(0x80 >> (r->bits - 1) % 8);
	must(!holds(&one, other, r->v6));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const char		*words[WORDS_MOST + 1] = { NULL }, *bad = NULL;
	struct address_ranges	 all;
	struct arena		*mem;
	char			*rest;
	size_t			 i;

	if (n > 4096)
		return 0;
	mem = arena_new((size_t)1 << 20);
	words[0] = strtok_r(arena_ndup(mem, p, n), " ", &rest);
	for (i = 1; i < WORDS_MOST && words[i - 1] != NULL; i++)
		words[i] = strtok_r(NULL, " ", &rest);
	if (address_ranges_parse(mem, words, &all, &bad))
		for (i = 0; i < all.n; i++) {
			must(strchr(words[i], ':') != NULL ? all.range[i].v6 :
			    !all.range[i].v6);
			test_range(&all.range[i]);
		}
	else
		must(bad != NULL);
	arena_free(mem);
	return 0;
}
