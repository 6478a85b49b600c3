/*
 * fuzz payload: a body never fails to be read, one way or the other; what is
 * read can be stored and shown; no password is shown; and its identity does
 * not depend on what does not matter.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "app/calendly/payload.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/json.h"
#include "lib/utf8.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const struct json_caps	wide = { 8 << 20, 40, 1 << 17 };

static void
must(bool so)
{
	if (!so)
		abort();
}

static bool
holds_password(const struct json_node *n)
{
	const struct json_node	*e;

	if (n->key != NULL && (strcasestr(n->key, "password") != NULL ||
	    strcasestr(n->key, "passcode") != NULL))
		return true;
	for (e = n->child; e != NULL; e = e->next)
		if (holds_password(e))
			return true;
	return false;
}

static void
test_content(struct arena *mem, const struct payload *p)
{
	const struct json_node	*n;
	const char		*text = payload_content(mem, p), *why;

	must(json_parse(mem, text, strlen(text), &wide, &n, &why) == CAL_OK);
	must(n->type == JSON_OBJECT && !holds_password(n));
}

static void
test_kind(const struct payload *p)
{
	size_t	 n = strlen(p->kind);

	must(n >= 3 && n <= 64);
	must(strspn(p->kind, "abcdefghijklmnopqrstuvwxyz0123456789_.") == n);
	if (p->created_at != NULL)
		must(strlen(p->created_at) <= 30 &&
		    strspn(p->created_at, "0123456789-:.TZ") ==
		    strlen(p->created_at));
}

static void
test_identity(struct arena *mem, const struct payload *p, struct bytes body)
{
	uint8_t	 a[CRYPTO_HASHSZ], b[CRYPTO_HASHSZ];

	payload_identity(mem, p, "one", body, a);
	payload_identity(mem, p, "one", body, b);
	must(memcmp(a, b, sizeof(a)) == 0);
	payload_identity(mem, p, "two", body, b);
	must(memcmp(a, b, sizeof(a)) != 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct bytes	 body = { (const char *)p, n };
	struct payload	 got;
	struct arena	*mem;

	if (crypto_init() != CAL_OK)
		abort();
	mem = arena_new((size_t)64 << 20);
	payload_read(mem, body, &got);
	if (got.flaw != NULL) {
		must(got.kind == NULL && utf8_valid(got.flaw,
		    strlen(got.flaw)));
	} else {
		must(got.kind != NULL && got.root != NULL);
		test_kind(&got);
		test_content(mem, &got);
	}
	test_identity(mem, &got, body);
	arena_free(mem);
	return 0;
}
