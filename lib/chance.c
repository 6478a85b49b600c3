/*
 * chance: see chance.h.
 */
#include <stdint.h>

#include "lib/chance.h"
#include "lib/crypto.h"

long
chance_spread(long n, int percent)
{
	long		 width = n * percent / 100;
	uint32_t	 r;

	if (width <= 0)
		return n;
	crypto_random(&r, sizeof(r));
	return n - width + (long)(r % ((uint32_t)width * 2 + 1));
}
