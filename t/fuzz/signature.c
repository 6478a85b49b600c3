/*
 * fuzz signature: never accepts a header and body that were made without the
 * key, whatever they look like.
 *
 * The input is a header, a NUL, and a body.  The fuzzer does not know the key
 * and so cannot make a right signature: any match is a fault.  If a header has
 * the right form, the test signs its time and the body itself; this signature
 * must be accepted, and every change of it refused.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "app/calendly/signature.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/secret.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
must(bool so)
{
	if (!so)
		abort();
}

/* Checks what must hold for every header whose form is accepted. */
static void
test_form(const struct signature *s, const char *header)
{
	size_t	 n = strlen(s->t);

	must(n > 0 && n < sizeof(s->t) && strspn(s->t, "0123456789") == n);
	must(s->at >= 0 && s->at == strtoll(s->t, NULL, 10));
	must(s->nmacs > 0 && s->nmacs <= SIGNATURE_MACS);
	must(strstr(header, s->t) != NULL && strstr(header, "v1=") != NULL);
}

/*
 * Returns a header with the right signature over the time in "s" and the body.
 */
static const char *
header_for(struct arena *mem, const struct signature *s,
    const struct secret *key, struct bytes body)
{
	const struct bytes	parts[] = {
		{ s->t, strlen(s->t) }, { ".", 1 }, body
	};
	const struct bytes	k = { secret_text(key), secret_len(key) };
	uint8_t			mac[CRYPTO_HASHSZ];

	crypto_hmac(mac, k, parts, 3);
	return arena_printf(mem, "t=%s,v1=%s", s->t,
	    crypto_hex(mem, (struct bytes){ mac, sizeof(mac) }));
}

static void
test_signed(struct arena *mem, const struct signature *got,
    const struct secret *key, struct bytes body)
{
	const struct secret	*other = secret_from_text(mem, "another");
	struct signature	 s;

	must(signature_parse(header_for(mem, got, key, body), &s) == CAL_OK);
	must(signature_matches(&s, key, body));
	must(!signature_matches(&s, other, body));
	if (body.n > 0)
		must(!signature_matches(&s, key,
		    (struct bytes){ body.p, body.n - 1 }));
	s.t[0] = s.t[0] == '9' ? '0' : (char)(s.t[0] + 1);
	must(!signature_matches(&s, key, body));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena		*mem;
	struct signature	 s;
	const struct secret	*key;
	struct bytes		 body;
	const char		*header;

	if (crypto_init() != CAL_OK)
		abort();
	mem = arena_new((size_t)16 << 20);
	header = arena_ndup(mem, p, n);
	body = (struct bytes){ header + strlen(header), 0 };
	if (strlen(header) < n)
		body = (struct bytes){ header + strlen(header) + 1,
		    n - strlen(header) - 1 };
	key = secret_from_text(mem, "the key that nobody was told");
	if (signature_parse(header, &s) == CAL_OK) {
		must(!signature_matches(&s, key, body));
		test_form(&s, header);
		test_signed(mem, &s, key, body);
	}
	arena_free(mem);
	return 0;
}
